"""Papers as values, and the two forms they are printed in: xlsx with live formulas, and PDF/A."""
