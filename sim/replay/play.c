/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/replay/play.h"

struct scenario *play_load(const struct play_options *options, struct sim_error *err)
{
    const struct scenario_options own = {
        .seed = options->seed, .set = options->set, .set_count = options->set_count};
    struct scenario_parts parts = options->parts;

    if (options->scenario != NULL) {
        return scenario_load(options->scenario, &own, err);
    }
    parts.partition = options->partition;
    parts.partition_count = options->partition_count;
    return scenario_compose(&parts, &own, err);
}

bool play_configure(const struct play_options *options, struct scenario *scenario,
                    const char *share, struct trace *trace, struct run_config *config,
                    struct sim_error *err)
{
    if (!scenario_configure(scenario, share, options->board, trace, config, err)) {
        return false;
    }
    for (unsigned i = 0; i < options->fault_count; i++) {
        if (!scenario_add_fault(scenario, options->fault[i], "--fault", config, err)) {
            return false;
        }
    }
    config->check = !options->no_check && scenario_info(scenario)->checks;
    config->check_full = options->check_full;
    config->until_ns = options->until_ns;
    config->limit_ns = options->limit_ns != 0 ? options->limit_ns : config->limit_ns;
    config->pe_count = options->pes != 0 ? options->pes : config->pe_count;
    if (options->quantum_least_ns != 0) {
        config->quantum_least_ns = options->quantum_least_ns;
        config->quantum_most_ns = options->quantum_most_ns;
    }
    return true;
}

bool play_run(const struct play *play, struct scenario *scenario, struct run_result *result,
              struct sim_error *err)
{
    struct run_config config;
    struct run *run;

    if (!play_configure(play->options, scenario, play->share, play->trace, &config, err)) {
        return false;
    }
    config.choices = play->choices;
    if (play->prepared != NULL && !play->prepared(play->user, scenario, &config, err)) {
        return false;
    }
    run = run_create(&config, err);
    if (run == NULL) {
        scenario_refused(err, result);
    } else {
        run_execute(run, result);
    }
    scenario_judge(scenario, run, result);
    if (play->ended != NULL && run != NULL) {
        play->ended(play->user, run);
    }
    run_destroy(run);
    return true;
}
