"""The commands. Each reads its arguments, asks the house, prints, and says with its exit status how it went.

0: done. 1: something is wrong with the house or the machine. 2: the input cannot be used; nothing was done.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from adapters.desk.flow import WrongMove
from adapters.ports import Refused, Unreachable
from bot import checking, desk_cli, service, settings, wiring
from bot.data import DATA, DataError
from bot.importing import NotAChat, convert
from bot.replay import dump, replay
from bot.report import report
from bot.runtime import Unknown
from bot.transcript import TranscriptError, read
from dialogs.messages import Message
from nlu import registry
from nlu.evaluation import table, tables
from nlu.evaluation_lines import changes_table, errors_table
from nlu.page import Fault
from nlu.registry import ModelError
from nlu.service import understand_lines

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Linli: intake of complaints in groups.",
)
app.add_typer(desk_cli.app, name="desk")

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="a TOML file; default: linli.toml, if there is one")
]


@app.command()
def understand(
    backend: Annotated[str, typer.Option(help="who understands")] = "linear",
    file: SettingsFile = None,
) -> None:
    """Say what each JSON line of standard input means, a line for a line, as they come."""
    if backend != "linear":
        raise Refused(f"backend {backend!r} is unknown; there is: linear")
    chosen = settings.load(file)
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]
    zone = settings.manners(chosen).zone
    try:
        understand_lines(sys.stdin, sys.stdout, wiring.reader(chosen), now=lambda: datetime.now(zone))
    except ValueError as error:
        raise Refused(str(error)) from error


@app.command("replay")
def replay_command(
    transcript: Annotated[Path, typer.Argument(help="a transcript, or - for standard input")], file: SettingsFile = None
) -> None:
    """Run the whole product over a recorded chat; what it does goes to standard output, a JSON object a line."""
    text = _text(transcript)
    lines = read(text.split("\n"))
    chosen = settings.load(file)
    rows: list[str] = []
    walk, outcome = wiring.rehearsal(chosen, wiring.reader(chosen), lambda row: rows.append(dump(row)))
    summary = replay(lines, walk, outcome, complain=lambda line: typer.echo(line, err=True))
    sys.stdout.write("".join(row + "\n" for row in rows))
    typer.echo(str(summary), err=True)


@app.command("train")
def train_command(
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="do nothing if the model of this data is there")
    ] = False,
    file: SettingsFile = None,
) -> None:
    """Learn a model from the training data, and measure it on the hand that it has never seen."""
    chosen = settings.load(file)
    cache = wiring.model_cache(chosen)
    if if_needed and registry.find(cache, DATA) is not None:
        return
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("start", total=wiring.LEARNING_STEPS)
        begun = 0

        def step(name: str) -> None:
            nonlocal begun
            progress.update(task, description=name, completed=begun)
            begun += 1

        learnt = wiring.learn(chosen, now=datetime.now(settings.manners(chosen).zone), step=step)
        progress.update(task, description="done", completed=wiring.LEARNING_STEPS)
    console.print(f"{learnt.lines} lines -> {learnt.folder}")
    console.print(table(learnt.report))


@app.command()
def check() -> None:
    """Look at all the data: corpus, taxonomy, wording."""
    wrong = 0
    for is_error, said in checking.faults():
        wrong += is_error
        typer.echo(said, err=is_error)
    if wrong:
        raise typer.Exit(1)


@app.command()
def evaluate(
    data: Annotated[
        Path | None,
        typer.Option(help="a corpus file or a folder of them to judge on; default: the hand that training never sees"),
    ] = None,
    backend: Annotated[str, typer.Option(help="who understands")] = "linear",
    against: Annotated[Path | None, typer.Option(help="the folder of another model, to judge beside it")] = None,
    html: Annotated[Path | None, typer.Option(help="write a page with tables and pictures here as well")] = None,
    file: SettingsFile = None,
) -> None:
    """Say how good the model is on labelled lines, where it errs, and which words brought that about."""
    if backend != "linear":
        raise Refused(f"backend {backend!r} is unknown; there is: linear")
    chosen = settings.load(file)
    now = datetime.now(settings.manners(chosen).zone)
    page = None if html is None else wiring.evaluation_page()  # what is missing is said before the work, not after it
    judged = wiring.judged(chosen, data, against=against, now=now)
    for told in filter(None, (judged.report, judged.rival)):
        if told.taught_by:
            typer.echo(f"model {told.model} was taught by {', '.join(told.taught_by)}: it knows these lines", err=True)
    console = Console()
    console.print(tables(judged.report))
    console.print(errors_table(judged.errors, judged.report))
    if judged.rival is not None:
        console.print(changes_table(judged.changes, judged.report, judged.rival))
    if html is not None and page is not None:
        _write(html, page(judged, now))


@app.command()
def vectors(
    files: Annotated[list[Path], typer.Argument(help="texts with a sentence a line")],
    out: Annotated[Path, typer.Option(help="the folder to write them as")] = Path("vectors"),
) -> None:
    """Learn from unlabelled text what words are like; a model that is trained with them knows words that no line taught."""
    if missing := [path for path in files if not path.is_file()]:
        raise Refused(f"{missing[0]}: no such file")
    try:
        count = wiring.learn_words(files, out)
    except (ValueError, OSError) as error:
        raise Refused(str(error)) from error
    typer.echo(f"{count} words -> {out}", err=True)


@app.command()
def run(file: SettingsFile = None) -> None:
    """Run the bot; with the simulator, which is built in, it serves a page to try everything on."""
    asyncio.run(service.run(settings.load(file)))


@app.command()
def chat(file: SettingsFile = None) -> None:
    """Talk in the simulator's group on the terminal."""
    asyncio.run(service.chat(settings.load(file)))


@app.command("import")
def import_command(
    chat_file: Annotated[Path, typer.Argument(help="a chat pasted or exported from WeChat, or - for standard input")],
    transcript: Annotated[Path | None, typer.Option(help="write the transcript here as well")] = None,
    file: SettingsFile = None,
) -> None:
    """Replay a chat from WeChat silently: what the bot would have flagged, asked and filed."""
    chosen = settings.load(file)
    text = _text(chat_file)
    try:
        converted = convert(text, now=datetime.now(settings.manners(chosen).zone))
    except NotAChat as error:
        raise Refused(f"{chat_file}: {error}") from error
    if transcript is not None:
        _write(transcript, "".join(line + "\n" for line in converted))
    lines = read(converted)
    words = {line.id: (line.name, line.text) for _, line in lines if isinstance(line, Message)}
    rows: list[dict[str, Any]] = []
    walk, outcome = wiring.rehearsal(chosen, wiring.reader(chosen), rows.append)
    summary = replay(lines, walk, outcome, complain=lambda line: typer.echo(line, err=True))
    console = Console()
    console.print(report(rows, words, walk.house.lexicon))
    console.print(str(summary), highlight=False)


@app.command("settings")
def settings_command(file: SettingsFile = None) -> None:
    """Show every setting with what is in force; secrets are not shown."""
    chosen = settings.load(file)
    shown = Table("setting", "value", "what it does")
    for name, _, described in settings.names():
        shown.add_row(name, settings.value(chosen, name), described)
    Console().print(shown)


def _text(path: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return data.decode()
    except OSError as error:
        raise Refused(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refused(f"{path}: cannot be written ({error.strerror})") from error


def main() -> None:
    """Run a command; what goes wrong is said in a line, not in a trace."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        app(standalone_mode=True)
    except (TranscriptError, Refused, WrongMove, Unknown) as error:
        _fail(error, 2)
    except (settings.SettingsError, DataError, Fault, ModelError, wiring.NoModel, Unreachable) as error:
        _fail(error, 1)
    except BrokenPipeError:
        sys.stderr.close()


def _fail(error: Exception, status: int) -> None:
    text = error.args[0] if isinstance(error, Unknown) and error.args else error
    typer.echo(f"linli: {text}", err=True)
    raise SystemExit(status)
