r"""The selection policy in the Windows registry. Not run on Windows: tested with a stand-in for ``winreg``.

Chrome reads ``HKCU\Software\Policies\Google\Chrome\AutoSelectCertificateForUrls``, Edge the same below
``Microsoft\Edge``: string values named 1, 2, 3 ...; the machine-wide key, where it has the policy, wins.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, Final

from kaigo_certs._errors import StoreError
from kaigo_certs.stores._policy import POLICY, PolicyPlace

REGISTRY_KEYS: Final = {
    "chrome": r"Software\Policies\Google\Chrome",
    "edge": r"Software\Policies\Microsoft\Edge",
}


class RegistryPolicies(PolicyPlace):
    """The policies of one browser for the present Windows user."""

    def __init__(self, browser: str = "edge", registry: Any = None) -> None:
        if registry is None and sys.platform != "win32":
            raise StoreError("STORE_OTHER_SYSTEM", store="registry", system="Windows")
        self._registry = registry or importlib.import_module("winreg")
        self._path = f"{REGISTRY_KEYS[browser]}\\{POLICY}"
        self.name = f"HKCU\\{self._path}"

    def entries(self) -> list[str]:
        """The entries of this user."""
        return [value for _, value in self._values()]

    def target(self) -> str:
        """The registry key."""
        return self.name

    def write(self, target: str, entries: list[str]) -> None:
        """Replace the list: values are numbered anew, in their order."""
        del target
        registry = self._registry
        try:
            with registry.CreateKeyEx(
                registry.HKEY_CURRENT_USER, self._path, 0, registry.KEY_ALL_ACCESS
            ) as key:
                for number, entry in enumerate(entries, start=1):
                    registry.SetValueEx(key, str(number), 0, registry.REG_SZ, entry)
                for name, _ in self._values():
                    if name.isdecimal() and int(name) > len(entries):
                        registry.DeleteValue(key, name)
        except OSError as error:
            raise StoreError("POLICY_FILE", path=self.name, why=error.strerror or "") from None

    def _values(self) -> list[tuple[str, str]]:
        registry = self._registry
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, self._path) as key:
                count = registry.QueryInfoKey(key)[1]
                found = [registry.EnumValue(key, index)[:2] for index in range(count)]
        except FileNotFoundError:
            return []
        return sorted(found, key=lambda pair: int(pair[0]) if pair[0].isdecimal() else 0)
