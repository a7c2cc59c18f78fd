"""The published names of the five systems Lurewatch brings together. They adapt; the engine decides.

Everything here reads a message once, through one engine; what needs a store or a network takes it as an argument.
"""

from lurewatch.casework.events import Event, EventBus, EventType, get_event_bus
from lurewatch.contracts.brands import FraudDetector, analyze_message, fraud_detector
from lurewatch.contracts.contact import PairMemory, handle_webhook, process_message, scan_message
from lurewatch.contracts.risk import create_detect_router, detect_scam
from lurewatch.contracts.scam_types import detect, detect_heuristic, get_persona_for_scam, get_scam_info
from lurewatch.contracts.tactics import (
    DetectionResult,
    Pattern,
    PatternMatch,
    ScamCategory,
    ScamDetector,
    get_patterns_by_category,
    match_all_patterns,
)

__all__ = [
    "DetectionResult",
    "Event",
    "EventBus",
    "EventType",
    "FraudDetector",
    "PairMemory",
    "Pattern",
    "PatternMatch",
    "ScamCategory",
    "ScamDetector",
    "analyze_message",
    "create_detect_router",
    "detect",
    "detect_heuristic",
    "detect_scam",
    "fraud_detector",
    "get_event_bus",
    "get_patterns_by_category",
    "get_persona_for_scam",
    "get_scam_info",
    "handle_webhook",
    "match_all_patterns",
    "process_message",
    "scan_message",
]
