"""What people read: reconciliation, statements, registers, monthly report, forms. Never decides, never writes books."""
