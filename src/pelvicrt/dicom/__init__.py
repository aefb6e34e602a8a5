"""The door for DICOM-RT: structure, dose and plan files in, arrays of `dosimetry` out, and valid files back."""

__all__: list[str] = []
