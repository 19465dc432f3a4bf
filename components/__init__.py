"""What is deployed: one file for each service tier of Metaflow on AWS."""
