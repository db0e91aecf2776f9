"""A store in memory: the smallest backend that a plugin can bring."""

from __future__ import annotations

from kaigo_certs import Backend


class MemoryStore(Backend):
    name = "memory"

    def __init__(self):
        self.held = set()

    def prepare(self):
        pass

    def installed(self):
        return sorted(self.held)

    def plan(self, identity):
        return {"sha256": identity.sha256}

    def install(self, identity, plan, checkpoint):
        checkpoint("memory-add")
        self.held.add(identity.sha256)

    def undo(self, plan):
        self.held.discard(plan["sha256"])

    def remove(self, sha256, checkpoint):
        checkpoint("memory-remove")
        self.held.discard(sha256)
