from rich.console import Console

from nlu.evaluation import calibration_error, confusions, evaluate, table


def test_figures_of_a_reader(reader, corpus, around):
    lines = corpus[::60]
    report = evaluate(lines, reader, around())
    assert report.lines == len(lines)
    assert report.right.value > 0.5
    assert report.spoken.hits <= report.noticed.hits
    assert report.plain()["model"] == reader.model
    console = Console(record=True, width=100)
    console.print(table(report))
    assert "wrong speak" in console.export_text()
    wrong = confusions(lines, reader, around())
    assert report.right.total - report.right.hits == sum(wrong.values())


def test_a_calibrated_reader_has_no_error():
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == 0
    assert calibration_error([(0.95, False)] * 4) == 0.95
    assert calibration_error([]) == 0.0
