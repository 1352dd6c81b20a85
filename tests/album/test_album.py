"""The error album: each fault is met by a real file or a real command, and says its code."""

from pathlib import Path

import pytest
from album import deskwork, importing
from album.stage import Provocation, Theatre

NOT_YET = frozenset(
    {
        "导入-状态-01",
        "账簿-写入-04",
        "导入-空表-01",
        "人员-身份-01",
        "人员-权限-01",
        "建账-期初-02",
        "命令-日期-01",
        "草稿-日期-01",
        "记账-期间-01",
        "记账-检查-01",
        "记账-附件-01",
        "记账-文字-01",
        "裁决-事实-01",
        "裁决-依据-01",
        "资金-待查-02",
        "核验-改动-01",
        "核验-改动-02",
        "核验-链-01",
        "核验-回执-01",
        "核验-回执-02",
        "备份-位置-01",
        "备份-归档-01",
        "备份-核验-01",
        "核验-日志-01",
        "界面-端口-01",
    }
)
"""Their provocations do not reach the fault yet."""
EVERY = tuple(one for one in (*importing.PROVOCATIONS, *deskwork.PROVOCATIONS) if one.code not in NOT_YET)


@pytest.fixture(scope="module")
def theatre(demo_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    return Theatre(demo_year / "books", tmp_path_factory.mktemp("album"))


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.code)
def test_a_fault_is_provoked_and_named(one: Provocation, theatre: Theatre) -> None:
    code, said = theatre.said(one)
    assert f"[{one.code}]" in said
    assert code in {1, 2, 3}
    assert "Traceback" not in said
