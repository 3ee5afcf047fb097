"""A day with the Python client that openapi-python-client makes of the document."""

import os
import sys

sys.path.insert(0, os.environ["REFLECTOR_CLIENT"])

from reflector_client import AuthenticatedClient
from reflector_client.api.meetings import get_attendance, get_meeting, list_meetings
from reflector_client.api.rooms import create_room, delete_room, get_room, list_rooms, start_meeting
from reflector_client.models import CreateRoom, Problem

client = AuthenticatedClient(base_url=os.environ["REFLECTOR_URL"], token=os.environ["REFLECTOR_TOKEN"])

room = create_room.sync(client=client, body=CreateRoom.from_dict({"name": "python-room", "platform": "jitsi"}))
assert room.name == "python-room" and room.created_at.tzinfo is not None, room
assert [other.name for other in list_rooms.sync(client=client).items] == ["python-room"]

started = start_meeting.sync(client=client, room="python-room")
assert "?jwt=" in started.room_url and started.ended_at is None, started
meeting = get_meeting.sync(client=client, id=started.id)
assert meeting.is_active and meeting.participants == [] and meeting.events[0].type_ == "meeting.created", meeting
assert [other.id for other in list_meetings.sync(client=client, active=True).items] == [started.id]
assert get_attendance.sync(client=client, id=started.id).items == []

assert delete_room.sync_detailed(client=client, room="python-room").status_code == 204
problem = get_room.sync(client=client, room="python-room")
assert isinstance(problem, Problem) and problem.status == 404 and problem.detail, problem
print("ok")
