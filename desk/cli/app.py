"""The command ``riskpool``: its subcommands in the order of an officer's month.

Exit codes: 0 done, 1 findings, 2 bad input, 3 refused.
"""

import io
import sys
import traceback

import typer
from pydantic import ValidationError

from desk.cli import auditing, casework, files, look, monthend, portfolio, setup, vouchers
from desk.cli.helping import command_of, in_chinese
from desk.cli.say import err, refuse_bytes, refused, unfit_name, unfit_texts
from ledger.faults import ExitCode, Refusal

app = typer.Typer(
    name="riskpool",
    help="知识产权质押融资风险池复式账。退出码：0 完成，1 有待处理的发现，2 输入有误，3 拒绝办理。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for group in (setup, files, vouchers, casework, monthend, look, auditing, portfolio):
    group.register(app)


OWN_MISTAKE = 70
"""Exit code where the program itself failed (EX_SOFTWARE of sysexits.h): never one of the four that users get."""


def main() -> None:
    """Run the command line; a refusal becomes its faults and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        refuse_bytes(sys.argv[1:])
        code = command_of(app)(standalone_mode=False)
    except Refusal as refusal:
        sys.exit(refused(refusal, as_json="--json" in sys.argv))
    except typer.TyperException as error:
        said = error.format_message()
        if said.startswith("用法："):  # a group of commands without one of them: its help is the answer
            err.print(said, markup=False)
            sys.exit(int(ExitCode.BAD_INPUT))
        err.print(f"命令写法有误：{in_chinese(error)}", markup=False)
        err.print("用 riskpool --help 或 riskpool 命令 --help 查看用法。", markup=False)
        sys.exit(int(ExitCode.BAD_INPUT))
    except (KeyboardInterrupt, typer.Abort):
        err.print("已中断。写下的算数，没有写下的不算；再次运行同一条命令即可。", markup=False)
        sys.exit(int(ExitCode.REFUSED))
    except Exception as error:  # noqa: BLE001 - our own mistake: said as such, with what the maintainer needs, and its own code
        if isinstance(error, ValidationError) and (unfit := unfit_texts(error)):
            sys.exit(refused(unfit, as_json="--json" in sys.argv))
        if isinstance(error, OSError) and (unfit := unfit_name(error)):
            sys.exit(refused(unfit, as_json="--json" in sys.argv))
        err.print(
            "程序出错，这是程序的缺陷，不是您的数据有误；账簿没有写到一半的改动。请把下面的记录交给维护人员：",
            markup=False,
        )
        traceback.print_exc()
        sys.exit(OWN_MISTAKE)
    sys.exit(code if isinstance(code, int) else 0)
