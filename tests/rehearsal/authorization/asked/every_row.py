"""All requests of the tables."""

from tests.rehearsal.authorization.asked import (
    rows_of_batch,
    rows_of_dynamodb,
    rows_of_ecs,
    rows_of_events,
    rows_of_other_services,
    rows_of_s3,
    rows_of_s3_writing,
    rows_of_secrets_manager,
    rows_of_step_functions,
)

ROWS = [
    *rows_of_batch.ROWS,
    *rows_of_dynamodb.ROWS,
    *rows_of_ecs.ROWS,
    *rows_of_events.ROWS,
    *rows_of_other_services.ROWS,
    *rows_of_s3.ROWS,
    *rows_of_s3_writing.ROWS,
    *rows_of_secrets_manager.ROWS,
    *rows_of_step_functions.ROWS,
]
