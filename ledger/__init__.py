"""What is true: the vocabulary of facts, and the books that hold them.

The lowest floor. Nothing here imports importers, riskpool, reports or desk.
"""
