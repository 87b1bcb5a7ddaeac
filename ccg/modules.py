"""Which module an import means, among the analysed files only; no I/O."""

from collections.abc import Mapping

from ccg.facts import Imported, ModuleFacts


class ModuleIndex:
    """All analysed modules by name, and how an import statement finds them."""

    def __init__(self, modules: Mapping[str, ModuleFacts]) -> None:
        self._modules = modules

    def get(self, name: str) -> ModuleFacts | None:
        """Return the module of exactly this name."""
        return self._modules.get(name)

    def target(self, imported: Imported, importer: ModuleFacts) -> str:
        """Return the absolute name of the module that is imported from, known or not."""
        if imported.level:
            return _relative(imported, importer)
        top = imported.module.partition(".")[0]
        beside = f"{importer.name.rpartition('.')[0]}.{imported.module}"
        # A folder without __init__.py holds scripts: Python puts it on sys.path, so siblings
        # are found by their bare names.
        is_script = not importer.is_package and importer.package not in self._modules
        if is_script and top not in self._modules and beside in self._modules:
            return beside
        return imported.module


def _relative(imported: Imported, importer: ModuleFacts) -> str:
    parts = importer.package.split(".") if importer.package else []
    kept = parts[: len(parts) - (imported.level - 1)] if imported.level > 1 else parts
    return ".".join([*kept, imported.module] if imported.module else kept)
