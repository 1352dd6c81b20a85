"""Lists in our own templates: loan filings, tapes, insurance, applications, recoveries, opening."""
