"""The folder where p2a keeps what it makes: for its user alone."""

from pathlib import Path

from p2a.errors import ConfigurationInvalid


def make_data_directory(folder: Path) -> None:
    """Make the data directory with mode 0700, if it is not there; the folders above are made as usual.

    Raises:
        ConfigurationInvalid: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationInvalid(
            f"the data directory {folder} cannot be made",
            why=error.strerror or str(error),
            next_step="set P2A_DATA_DIR to a folder that this user may write to",
        ) from error
