"""风险池运行月报, and the way from each of its figures to the vouchers behind it."""

from reports.monthly.figures import Trace
from reports.monthly.report import RuleFigure, monthly_report, trace

__all__ = ["RuleFigure", "Trace", "monthly_report", "trace"]
