"""Headers of many systems: which column is what is found by header and by contents."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.data import look, read_data
from sim.data.words import outcome_of

CENTRE = "2026-03-13 08:00:10"

LOGS = {
    # a disposition in the centre's own words beside a flag; Inbound is no outcome but a direction
    "CAMPAIGN,SKILL,TIMESTAMP,CALL TYPE,DISPOSITION,ABANDONED,QUEUE WAIT TIME,TALK TIME,AGENT": [
        'Main,Sales,"Fri, 13 Mar 2026 08:00:10",Inbound,Sold,0,00:00:12,00:03:20,Ann',
        'Main,Sales,"Fri, 13 Mar 2026 08:01:10",Inbound,Hung,1,00:00:40,00:00:00,[None]',
    ],
    "Call ID,Date,Direction,Queue,Users - Interacted,Remote,Total Queue,Total Talk,Abandoned": [
        "7,13/03/2026 08:00:10,Inbound,Sales,Ann,+49171,12000,200000,NO",
        "8,13/03/2026 08:01:10,Inbound,Sales,,+49172,40000,,YES",
    ],
    "Call ID,Date/Time,Agent,Customer Requester Id,Call Status,Wait Time,Talk Time,Group": [
        "7,2026-03-13 08:00:10,Ann,1,completed,0:00:12,0:03:20,Sales",
        "8,2026-03-13 08:01:10,,2,abandoned_in_queue,0:00:40,0:00:00,Sales",
    ],
    "Skill,Queue Entry,Answered At,Ended At,Agent,Customer Phone": [
        "Sales,03/13/2026 08:00:10 AM,03/13/2026 08:00:22 AM,03/13/2026 08:03:42 AM,Ann,1",
        "Sales,03/13/2026 08:01:10 AM,,03/13/2026 08:01:50 AM,,2",
    ],
    "Call Start Time,Contact Disposition,Originator DN,CSQ Names,Queue Time,Agent Name,Talk Time": [
        "03/13/2026 08:00:10 AM,Handled,1,Sales,00:00:12,Ann,00:03:20",
        "03/13/2026 08:01:10 AM,Abandoned,2,Sales,00:00:40,,",
    ],
    "Call Id,Agent,Date,Time,Topic,Answered (Y/N),Speed of answer in seconds,AvgTalkDuration": [
        "7,Ann,2026-03-13,8:00:10,Sales,Y,12,00:03:20",
        "8,,2026-03-13,8:01:10,Sales,N,40,",
    ],
    "date_started,date_connected,date_ended,direction,external_number,target_name,categories": [
        "2026-03-13 08:00:10,2026-03-13 08:00:22,2026-03-13 08:03:42,inbound,1,Sales,connected",
        "2026-03-13 08:01:10,,2026-03-13 08:01:50,inbound,2,Sales,abandoned",
    ],
    "conversationId,queueName,conversationStart,answeredAt,conversationEnd,tTalk (ms),userName": [
        "7,Sales,2026-03-13T08:00:10,2026-03-13T08:00:22,2026-03-13T08:03:42,200000,Ann",
        "8,Sales,2026-03-13T08:01:10,,2026-03-13T08:01:50,,",
    ],
    "date_hour,type,q_start,q_exit,outcome,ser_start,ser_exit,server": [
        "2026-03-13 08:00:10,Sales,08:00:10,08:00:22,AGENT,08:00:22,08:03:42,Ann",
        "2026-03-13 08:01:10,Sales,08:01:10,08:01:50,HANG,00:00:00,00:00:00,NO_SERVER",
    ],
    "Fecha;Hora;Cola;Llamante;Tiempo de espera;Tiempo de conversación;Agente;Estado": [
        "13/03/2026;08:00:10;Sales;1;00:00:12;00:03:20;Ann;Atendida",
        "13/03/2026;08:01:10;Sales;2;00:00:40;00:00:00;;Abandonada",
    ],
    "Date appel;Heure appel;File;Durée attente;Durée conversation;Agent;Statut": [
        "13/03/2026;08:00:10;Sales;00:00:12;00:03:20;Ann;Répondu",
        "13/03/2026;08:01:10;Sales;00:00:40;00:00:00;;Abandonné",
    ],
    "arrival_time,wait_seconds,service_seconds,abandoned,server_id,class": [
        "2026-03-13T08:00:10,12,200,False,Ann,Sales",
        "2026-03-13T08:01:10,40,,True,,Sales",
    ],
}


@pytest.mark.parametrize("header", LOGS)
def test_a_log_of_another_system(tmp_path: Path, header: str) -> None:
    file = tmp_path / "log.csv"
    file.write_text("\n".join([header, *LOGS[header]]))
    table = read_data(file).contacts
    assert table is not None
    assert [str(one) for one in table["arrived"]] == [CENTRE, "2026-03-13 08:01:10"]
    assert table["queue"].tolist() == ["Sales", "Sales"]
    assert table["outcome"].tolist() == ["answered", "abandoned"]
    assert table["wait"].tolist() == [12.0, 40.0]
    assert table["talk"].tolist()[0] == 200.0
    if "agent" in header.casefold() or "server" in header:
        assert table["agent"].tolist() == ["Ann", ""]


REPORTS = {
    "Interval,Skill,Calls Offered,Calls Handled,Calls Abandoned,Avg Speed of Answer,Avg Talk": (
        "03/13/2026 08:00 AM - 08:30 AM,Sales,20,18,2,0:12,3:20"
    ),
    "Datum;Intervall;Skill;Angeb. Anrufe;Angen. Anrufe;Verl. Anrufe;Ø Wartezeit;AHT": (
        "13.03.2026;08:00-08:30;Sales;20;18;2;00:00:12;00:03:20"
    ),
}


@pytest.mark.parametrize("header", REPORTS)
def test_a_report_of_another_system(tmp_path: Path, header: str) -> None:
    file = tmp_path / "report.csv"
    file.write_text(f"{header}\n{REPORTS[header]}\n", encoding="utf-8")
    table = read_data(file).intervals
    assert table is not None
    names = ["offered", "answered", "abandoned", "length", "wait_answered", "handle"]
    assert table[names].iloc[0].tolist() == [20, 18, 2, 1800, 12 * 18, 200 * 18]
    assert str(table["start"].iloc[0]) == "2026-03-13 08:00:00"


def test_columns_that_may_be_what_is_missing_are_named(tmp_path: Path) -> None:
    text = "Call Time,Destination,Status,Ringing,Talking\n"
    text += "2026-03-13 08:00:10,Sales (800),Answered,00:00:12,00:03:20\n"
    text += "2026-03-13 08:01:10,Help (801),Unanswered,00:00:40,00:00:00\n"
    (tmp_path / "log.csv").write_text(text)
    data = read_data(tmp_path / "log.csv")
    assert (
        "no column of queues is recognised: if `Destination`, with 2 different words, names them, "
        "say `queue: Destination` in a map"
    ) in data.told
    assert (
        "no column of waits is recognised: if `Ringing` holds them, say `wait: Ringing` in a map"
    ) in data.told
    assert (
        "nothing says how long contacts waited: neither patience nor service level"
        in look(data).odd
    )


def test_rows_that_stand_twice_without_an_identifier(tmp_path: Path) -> None:
    """An agent takes two calls of one second never; two unknown who give up alike may be two."""
    row = "2026-03-13 08:00:10,answered,12,200,Ann\n"
    lost = "2026-03-13 08:01:10,abandoned,40,,\n"
    header = "arrived,status,waiting time (s),talk time (s),agent\n"
    (tmp_path / "log.csv").write_text(header + 2 * row + 2 * lost)
    data = read_data(tmp_path / "log.csv")
    assert data.contacts is not None
    assert data.contacts["outcome"].tolist() == ["answered", "abandoned", "abandoned"]
    assert data.left_out == {"rows that stand there twice": 1}


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Abandoned in Queue", "abandoned"),
        ("agent-answered", "answered"),
        ("not answered", ""),
        ("abandoned_in_ivr", ""),
        ("answered, then overflow", ""),
        ("Répondu", "answered"),
    ],
)
def test_words_of_several(word: str, meaning: str) -> None:
    assert outcome_of(word) == meaning


def test_the_time_of_all_agents_tells_how_many_were_there(tmp_path: Path) -> None:
    """By hand: 2 h of agents in half an hour are four of them; 45 min in a quarter three."""
    file = tmp_path / "export.csv"
    file.write_text(
        "Interval Start,Interval End,Offered,Answered,Staffed Time (min)\n"
        "2026-03-13 08:00,2026-03-13 08:30,30,28,120\n"
        "2026-03-13 08:30,2026-03-13 08:45,15,15,45\n"
    )
    assert read_data(file).intervals["staff"].tolist() == [4.0, 3.0]
