"""The vendors of language models that we speak to, with the variables that they themselves use; no I/O."""

from dataclasses import dataclass

_GEMINI_URL = "https://generativelanguage.googleapis.com"


@dataclass(frozen=True, slots=True)
class Vendor:
    """A protocol, where it is spoken and by whose key."""

    name: str
    """What stands before the slash in `vendor/model`."""
    key_variable: str
    url_variable: str
    """The vendor's usual variable for another base address."""
    default_url: str
    prices: str
    """The vendor's name in the price list genai-prices."""
    is_compatible: bool = False
    """Whether others speak the same protocol, also on one's own machine and without a key."""

    @property
    def own_url_variable(self) -> str:
        """Return our variable for the base address, which goes before the vendor's usual one."""
        return f"P2A_{self.name.upper().replace('-', '_')}_BASE_URL"


VENDORS: dict[str, Vendor] = {
    vendor.name: vendor
    for vendor in (
        Vendor("gemini", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL", _GEMINI_URL, "google"),
        Vendor(
            "openai",
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "https://api.openai.com/v1",
            "openai",
            is_compatible=True,
        ),
        Vendor(
            "anthropic",
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_BASE_URL",
            "https://api.anthropic.com",
            "anthropic",
        ),
        Vendor(
            "google-generativeai",
            "GEMINI_API_KEY",
            "GOOGLE_GEMINI_BASE_URL",
            _GEMINI_URL,
            "google",
        ),
    )
}


def split_model(name: str) -> tuple[Vendor | None, str]:
    """Return the vendor of `vendor/model`, None for an unknown one, and the model's own name."""
    vendor, _, model = name.partition("/")
    return VENDORS.get(vendor), model
