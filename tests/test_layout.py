"""Every file in this folder is one that pytest collects, or is known to support others."""

from tests.deployed import ROOT

SUPPORT = {
    "combinations/options.py",
    "adopted_vpc.py",
    "bench/priced.py",
    "components/another_program.py",
    "components/grants.py",
    "components/plugin_host.py",
    "components/resource_tables.py",
    "components/service_grants.py",
    "components/tiers.py",
    "deployed.py",
    "engine/in_flight.py",
    "engine/live_stack.py",
    "engine/weather.py",
    "migration/others.py",
    "partition_names.py",
    "placeholder.py",
    "policies/harness.py",
    "policies/mutants/of_relations.py",
    "policies/mutants/of_roles.py",
    "policies/mutants/of_inputs.py",
    "policies/mutants/of_additions.py",
    "policies/mutants/added.py",
    "policies/mutants/of_documents.py",
    "policies/mutants/mutant.py",
    "policies/mutants/argued.py",
    "policies/mutants/court.py",
    "policies/iam/policy_documents.py",
    "policies/iam/strategies.py",
    "policies/recorded.py",
    "policies/small_stack.py",
    "rehearsal/authorization/probe.py",
    "rehearsal/authorization/probes_accounts.py",
    "rehearsal/authorization/probes_conditions.py",
    "rehearsal/authorization/probes_elements.py",
    "rehearsal/authorization/probes_keys.py",
    "rehearsal/authorization/probes_operators.py",
    "rehearsal/authorization/probes_principals.py",
    "rehearsal/authorization/probes_trust.py",
    "rehearsal/authorization/probes_variables.py",
    "rehearsal/authorization/raw_requests.py",
    "rehearsal/authorization/worker_role.py",
    "rehearsal/authorization/asked/asking.py",
    "rehearsal/authorization/asked/every_row.py",
    "rehearsal/authorization/asked/rows_of_batch.py",
    "rehearsal/authorization/asked/rows_of_dynamodb.py",
    "rehearsal/authorization/asked/rows_of_ecs.py",
    "rehearsal/authorization/asked/rows_of_events.py",
    "rehearsal/authorization/asked/rows_of_other_services.py",
    "rehearsal/authorization/asked/rows_of_s3.py",
    "rehearsal/authorization/asked/rows_of_s3_writing.py",
    "rehearsal/authorization/asked/rows_of_secrets_manager.py",
    "rehearsal/authorization/asked/rows_of_step_functions.py",
    "rehearsal/company_vpc.py",
    "rehearsal/gateway_front.py",
    "rehearsal/gateway_stack.py",
    "rehearsal/jobs/small_batch.py",
    "rehearsal/policies/small_packs.py",
    "rehearsal/processes.py",
    "rehearsal/recorded_stacks.py",
    "rehearsal/provider/databases.py",
    "rehearsal/provider/networks.py",
    "rehearsal/provider/surroundings.py",
    "rehearsal/rotation_stage.py",
    "rehearsal/scenarios.py",
    "rehearsal/standing.py",
    "rehearsal/emulator/state_machines.py",
    "rehearsal/tiny_programs.py",
    "settings/bounds.py",
    "settings/configured.py",
}


def test_every_test_file_is_collected() -> None:
    folder = ROOT / "tests"
    strangers = {
        path.relative_to(folder).as_posix()
        for path in folder.glob("**/*.py")
        if not path.name.startswith("test_") and path.name != "conftest.py"
    }
    assert strangers == SUPPORT


def test_no_test_hides_in_a_supporting_file() -> None:
    texts = {name: (ROOT / "tests" / name).read_text(encoding="utf-8") for name in SUPPORT}
    assert [name for name, text in texts.items() if "def test_" in text] == []
