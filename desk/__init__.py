"""Where people work: acts, and their faces (command line, demo, server)."""
