"""A pretend shelter: fetches what is for it until enough came, acknowledges each, and says how many came, and twice.

Asked for 0, it fetches whatever waits and ends.
"""

import json
import ssl
import sys
import time

import httpx

from gateway.client import Client, SigningKey
from gateway.client.client import Surroundings
from gateway.client.errors import NoAnswerError

GATEWAY = "https://gateway:8443"
KEY = "/story/story/clients/harbour-shelter-primero.json"
PAUSE = 0.5
LONGEST = 180.0


def main() -> None:
    """Fetch until as many came as the argument says."""
    wanted = int(sys.argv[1])
    context = ssl.create_default_context(cafile="/authority/authority.pem")
    around = Surroundings(http=lambda: httpx.Client(verify=context, trust_env=False, timeout=10))
    seen: set[str] = set()
    twice = 0
    deadline = time.monotonic() + LONGEST
    with Client(GATEWAY, "harbour-shelter-primero", SigningKey.from_file(KEY), within=around) as gateway:
        while (len(seen) < wanted or not wanted) and time.monotonic() < deadline:
            try:
                waiting = gateway.inbox()
                if not (waiting or wanted):
                    break
                for message in waiting:
                    twice += message.id in seen
                    gateway.acknowledge(message)
                    seen.add(message.id)
            except NoAnswerError:
                pass
            time.sleep(PAUSE)
    sys.stdout.write(json.dumps({"arrived": len(seen), "twice": twice}) + "\n")


if __name__ == "__main__":
    main()
