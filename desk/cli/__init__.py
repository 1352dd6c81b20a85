"""The command line: one function a command, no arithmetic and no rule."""
