"""Forms that the office signs: 风险补偿审核表."""

from reports.forms.compensation_review import compensation_review

__all__ = ["compensation_review"]
