"""What can be chosen on the command line of `mfconfig`."""


class Options:
    """The options; what stands here holds where the command line says nothing.

    Attributes:
        outputs: path of the stack's outputs; None reads standard input.
        home: Metaflow home; None takes $METAFLOW_HOME or the default.
        profile: name of the profile; None takes the stack's.
        print: whether the settings are printed and nothing is written.
        check: whether the profile is compared and nothing is written.
    """

    outputs: str | None = None
    home: str | None = None
    profile: str | None = None
    print: bool = False
    check: bool = False
