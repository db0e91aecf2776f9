"""What happened here, told to the vendor's own server. Nothing leaves unless the settings name one."""

from __future__ import annotations

from kaigo_gateway.delivery._delivery import Delivery
from kaigo_gateway.delivery._errors import NotDelivered

__all__ = ["Delivery", "NotDelivered"]
