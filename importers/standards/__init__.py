"""National and international standards: 财政部 bkrs."""
