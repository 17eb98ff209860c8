"""`python -m desk` is the same command as `desk`; of an installed program this is the first module that runs."""

import sys


def _main() -> int:
    from desk.cli import main

    return main()


if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        from desk.updating.frozen import run  # which version is to run comes before all else

        sys.exit(run(_main))
    sys.exit(_main())
