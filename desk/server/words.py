"""The words of the desk's browser view: Fava's interface in the officers' terms, and what refusals say."""

SIDEBAR = (
    ("风险池首页", "pool/"),
    ("贷款", "pool/loans/"),
    ("案件", "pool/cases/"),
    ("凭证", "pool/vouchers/"),
    ("月报", "pool/monthly/"),
    ("报表文件", "pool/papers/"),
    ("来源文件", "pool/files/"),
    ("操作日志", "pool/log/"),
    ("资金账", "journal/?filter=%23voucher"),
    ("备查账", "journal/?filter=%23register"),
)
"""Label and path below the ledger's URL, in the order of the sidebar."""

VIEW_SIDEBAR = (("节略账", "pool/"), *(row for row in SIDEBAR if row[1].startswith("journal/")))
"""The same for a daily view, which has none of our pages but the one that says what it is."""

INTERFACE = {
    "Journal": "序时账",
    "Payee": "对方",
    "Narration": "摘要",
    "Payee/Narration": "对方/摘要",
    "Income Statement": "收支表",
    "Balance Sheet": "资产负债表",
    "Trial Balance": "试算平衡",
    "Units": "金额或数量",
    "Commodities": "计量单位与价格",
    "Events": "事项",
    "Errors": "账簿错误",
    "Query": "查询",
    "Statistics": "统计",
    "Metadata": "详情",
    "Postings": "分录",
    "Go to account": "转到科目",
    "Account Balance": "科目余额",
    "File change detected. Click to reload.": "账簿有新凭证，点此刷新。",
}
"""Over Fava's own Chinese catalogue: message -> the officers' word.

Not "Net Profit": Fava compares the server's word for it with the browser's to choose the sign of the figure,
so a word on one side only turns a loss into a gain. ``desk.js`` rewords what is on the screen instead.
"""

STATUS = {
    401: "本页面只能查看，不能提交。",
    404: "没有这一页：地址有误，或者该功能在本系统中已关闭（账簿只能由 riskpool 命令写入）。",
    500: "显示这一页时出错。账簿没有受影响。请刷新重试；仍然出错时运行 riskpool check。",
}
"""HTTP status -> what the officer reads."""
