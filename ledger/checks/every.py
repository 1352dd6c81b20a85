"""All our checks as one plugin: the line that main.beancount names.

beancount sorts all entries anew after each plugin; one line with all functions is sorted once. And a main file is
never rewritten: a check that comes later runs on books founded before it. Each check leaves its own mark and stays
a plugin that can be named alone.
"""

from ledger.checks import all_checks

__plugins__ = all_checks()
