"""The questions that are asked all the time, each made once: making one costs more than asking it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select, union_all, update

from adapters.store import tables as t

_ID: BindParameter[Any] = bindparam("the_id")
_ROOM: BindParameter[Any] = bindparam("the_room")
_SINCE: BindParameter[Any] = bindparam("the_since")
_UNTIL: BindParameter[Any] = bindparam("the_until")
_LIMIT: BindParameter[Any] = bindparam("the_limit")
_m, _s, _d, _older = t.messages.c, t.sentences.c, t.deliveries.c, t.deliveries.alias().c

KNOWN = select(_m.id).where(_m.id.in_(bindparam("the_ids", expanding=True)))
MESSAGE = select(t.messages).where(_m.id == _ID)
UNSEEN = select(t.messages).where(_m.seen.is_(False)).order_by(_m.position)
RECENT = (
    select(t.messages).where(_m.room == _ROOM, _m.at >= _SINCE).order_by(_m.at.desc(), _m.position.desc()).limit(_LIMIT)
)
FORGET = (
    update(t.messages)
    .where(
        _m.at < _UNTIL,
        _m.worded.is_(True),
        _m.seen.is_(True),
        ~select(t.matter_messages.c.message).where(t.matter_messages.c.message == _m.id).exists(),
    )
    .values(worded=False, text="", name="", media="[]")
)

ROOM = select(t.rooms.c.doc).where(t.rooms.c.id == _ID)
ROOMS = select(t.rooms.c.doc).order_by(t.rooms.c.id)
REACHABLE = select(t.people.c.reachable).where(t.people.c.id == _ID)

_MATTERS = select(t.matters.c.doc, t.matters.c.version)
MATTER = _MATTERS.where(t.matters.c.id == _ID)
_LIVE = t.matters.c.live.is_(True) & (t.matters.c.open.is_(True) | (t.matters.c.touched >= _SINCE))
LIVE = _MATTERS.where(t.matters.c.room == _ROOM, _LIVE).order_by(t.matters.c.opened, t.matters.c.id)
LIVE_ROOMS = select(t.matters.c.room).where(_LIVE).distinct()
MATTERS_OF = (
    _MATTERS.join_from(t.matters, t.participants)
    .where(t.participants.c.person == _ID, t.matters.c.live.is_(True))
    .order_by(t.matters.c.touched.desc(), t.matters.c.id)
    .limit(10)
)
OF_NUMBER = select(t.matters.c.id).where(t.matters.c.number == _ID)
OF_POST = select(_s.matter).where(_s.channel_id == _ID).order_by(_s.order.desc()).limit(1)
OF_MESSAGE = (
    select(t.matters.c.id)
    .join_from(t.matters, t.matter_messages)
    .where(t.matter_messages.c.message == _ID)
    .order_by(t.matters.c.opened.desc(), t.matters.c.id)
    .limit(1)
)

SENTENCE = select(_s.doc, _s.state, _s.reason).where(_s.id == _ID)
SAID = select(_s.doc).where(_s.channel_id == _ID).order_by(_s.order.desc()).limit(1)
SENTENCES = select(_s.doc).where(_s.state == _ID).order_by(_s.order)
POSTS = select(func.count()).where(
    _s.home == _ROOM, _s.unasked.is_(True), _s.settled >= _SINCE, _s.settled < _UNTIL, _s.state == "sent"
)
TIMERS_DUE = (
    select(t.timers).where(t.timers.c.due <= _UNTIL).order_by(t.timers.c.due, t.timers.c.room, t.timers.c.order)
).limit(_LIMIT)
SENTENCES_DUE = (
    select(_s.after, _s.home, _s.order, _s.id)
    .where(_s.state == "waiting", _s.after <= _UNTIL)
    .order_by(_s.after, _s.home, _s.order)
    .limit(_LIMIT)
)
NEXT_DUE = union_all(select(func.min(t.timers.c.due)), select(func.min(_s.after)).where(_s.state == "waiting"))

TICKET = select(t.tickets).where(t.tickets.c.number == _ID)
WORDS = select(t.words.c.seq, t.words.c.text).where(t.words.c.number == _ID)
DONE = select(t.moves.c.key).where(t.moves.c.key == _ID)
DELIVERIES = (
    select(
        t.deliveries, t.tickets.c.matter, t.tickets.c.room, t.tickets.c.status, t.tickets.c.opened, t.tickets.c.changed
    )
    .join_from(t.deliveries, t.tickets)
    .where(
        _d.carrier == _ID,
        _d.state == "waiting",
        _d.due <= _UNTIL,
        ~select(_older.order)
        .where(_older.carrier == _ID, _older.number == _d.number, _older.state == "waiting", _older.seq < _d.seq)
        .exists(),
    )
    .order_by(_d.due, _d.order)
    .limit(_LIMIT)
)
DELIVERED = update(t.deliveries).where(
    _d.carrier == bindparam("the_carrier"), _d.number == bindparam("the_number"), _d.seq == bindparam("the_seq")
)
