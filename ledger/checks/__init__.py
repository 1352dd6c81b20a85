"""Our beancount plugins: one check a module, each a function over entries that yields errors."""
