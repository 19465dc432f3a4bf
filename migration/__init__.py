"""Takes over what another deployment of Metaflow on AWS holds: an import file and settings."""
