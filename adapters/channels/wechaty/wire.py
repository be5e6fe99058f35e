"""The messages of the wire (service `wechaty.Puppet`), built from one table when this file is imported.

Law: the numbers are those of wechaty-grpc 1.5; nothing is generated or compiled. Answers become plain dictionaries. Text is
declared as bytes in answers (the wire is the same), so that broken UTF-8 costs a character and not the connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

try:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
except ImportError as error:  # pragma: no cover - the extra is missing
    raise ImportError("The Wechaty channel needs grpcio and protobuf: pip install 'linli[wechaty]'") from error

TABLE = """
EventRequest
EventResponse               type=1:int payload=2:text
StartRequest
StartResponse
StopRequest
StopResponse
VersionRequest
VersionResponse             version=1:text
DingRequest                 data=1:str
DingResponse
MessagePayloadRequest       id=1:str
MessagePayloadResponse      id=1:text filename=2:text text=3:text timestamp_deprecated=4:long type=5:int talker_id=6:text
                            room_id=7:text listener_id=8:text mention_ids=9:texts receive_time=10:Instant
MessageSendTextRequest      conversation_id=1:str text=2:str mentional_ids=3:strs
MessageSendTextResponse     id_string_value_deprecated=1:Wrapped id=2:text
MessageFileRequest          id=1:str
MessageFileResponse         file_box=1:text
MessageImageRequest         id=1:str type=2:int
MessageImageResponse        file_box=1:text
MessageUrlRequest           id=1:str
MessageUrlResponse          url_link_deprecated=1:text url_link=2:UrlLink
MessageMiniProgramRequest   id=1:str
MessageMiniProgramResponse  mini_program_deprecated=1:text mini_program=2:MiniProgram
MessageLocationRequest      id=1:str
MessageLocationResponse     location=1:Location
DownloadRequest             id=1:str
DownloadResponse            chunk=1:bytes
ContactPayloadRequest       id=1:str
ContactPayloadResponse      id=1:text type=3:int name=4:text alias=7:text friend=9:bool
RoomPayloadRequest          id=1:str
RoomPayloadResponse         id=1:text topic=2:text owner_id=4:text admin_ids=5:texts member_ids=6:texts
RoomMemberPayloadRequest    id=1:str member_id=2:str
RoomMemberPayloadResponse   id=1:text room_alias=2:text name=5:text
Instant                     seconds=1:long nanos=2:int
Wrapped                     value=1:text
UrlLink                     description=1:text title=3:text url=4:text
MiniProgram                 description=2:text title=7:text
Location                    address=2:text latitude=3:double longitude=4:double name=5:text
"""
"""`str` is text that we write, `text` is text that we read; an `s` at the end makes it a list; capitals are messages."""

MESSAGE, DONG, ERROR, FRIENDSHIP = 2, 3, 16, 17
ROOM_JOIN, ROOM_LEAVE, ROOM_TOPIC = 19, 20, 21
SCAN, LOGIN, LOGOUT, DIRTY = 22, 25, 26, 27
DIRTY_CONTACT, DIRTY_ROOM, DIRTY_MEMBER = 2, 3, 4

PACKAGE = "wechaty.puppet"
Plain = dict[str, Any]
_FIELD = descriptor_pb2.FieldDescriptorProto
_TYPES = {
    "int": _FIELD.TYPE_INT32,
    "long": _FIELD.TYPE_INT64,
    "bool": _FIELD.TYPE_BOOL,
    "double": _FIELD.TYPE_DOUBLE,
    "bytes": _FIELD.TYPE_BYTES,
    "text": _FIELD.TYPE_BYTES,
    "str": _FIELD.TYPE_STRING,
}


def _parse(table: str) -> dict[str, dict[str, tuple[int, str]]]:
    """Name of a message -> its fields: name -> (number, kind). A line that starts with a space goes on with the last message."""
    messages: dict[str, dict[str, tuple[int, str]]] = {}
    fields: dict[str, tuple[int, str]] = {}
    for line in table.strip().splitlines():
        words = line.split()
        if not line.startswith(" "):
            fields = messages[words.pop(0)] = {}
        for word in words:
            name, _, rest = word.partition("=")
            number, _, kind = rest.partition(":")
            fields[name] = (int(number), kind)
    return messages


FIELDS = _parse(TABLE)


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="linli/wechaty.proto", package=PACKAGE, syntax="proto3")
    for name, fields in FIELDS.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            many = kind in ("texts", "strs")
            one = kind[:-1] if many else kind
            added = message.field.add(name=field, number=number)
            added.label = _FIELD.LABEL_REPEATED if many else _FIELD.LABEL_OPTIONAL
            added.type = _TYPES.get(one, _FIELD.TYPE_MESSAGE)
            if one not in _TYPES:
                added.type_name = f".{PACKAGE}.{one}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    find = pool.FindMessageTypeByName
    return {name: message_factory.GetMessageClass(find(f"{PACKAGE}.{name}")) for name in FIELDS}


_CLASSES = _classes()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _plain(message: Any, name: str) -> Plain:
    plain: Plain = {}
    for field, (_, kind) in FIELDS[name].items():
        value = getattr(message, field)
        if kind == "text":
            plain[field] = _text(value)
        elif kind == "texts":
            plain[field] = [_text(item) for item in value]
        elif kind in _TYPES:
            plain[field] = value
        else:
            plain[field] = _plain(value, kind)
    return plain


def path(method: str) -> str:
    """The path of a method on the wire."""
    return f"/wechaty.Puppet/{method}"


def write(method: str, fields: Mapping[str, Any]) -> bytes:
    """The bytes of a request. Raises TypeError or ValueError for what no string or number of the wire can hold."""
    raw: bytes = _CLASSES[f"{method}Request"](**fields).SerializeToString()
    return raw


def reader(method: str) -> Callable[[bytes], Plain]:
    """What turns the bytes of an answer into a dictionary with every field of the table."""
    name = f"{method}Response"
    cls = _CLASSES[name]

    def read(raw: bytes) -> Plain:
        return _plain(cls.FromString(raw), name)

    return read
