"""What keeps the action from starting."""

from p2a.errors import ConfigurationInvalid


class InputInvalid(ConfigurationInvalid):
    """An input of the step cannot be used."""

    code = "action-input-invalid"


class EventInvalid(ConfigurationInvalid):
    """The runner's event file is missing or not what GitHub writes."""

    code = "action-event-invalid"


class RefusedHere(ConfigurationInvalid):
    """The step does not do this in a job that such an event started."""

    code = "action-refused-here"
