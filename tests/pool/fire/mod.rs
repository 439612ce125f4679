//! Under fire: the ways in which hosts, their results and the machine around them go wrong, a test each.
//!
//! | what happens | test |
//! |---|---|
//! | SIGKILL | `faults::a_host_killed_by_hand_costs_one_row_and_is_replaced`, `faults::a_thread_host_killed_by_hand_costs_no_row` |
//! | SIGSEGV | `faults::a_segfault_is_one_rows_fate` |
//! | abort | `faults::an_abort_is_one_rows_fate` |
//! | exit 0 | `deaths::leaving_without_a_word_is_one_rows_fate` |
//! | exit n | `faults::leaving_the_process_is_one_rows_fate` |
//! | SIGSTOP, noticed by the status page | `controls::a_worker_suspended_from_outside_is_noticed`, `deaths::a_suspended_host_that_is_killed_costs_its_item`, `deaths::a_suspended_host_does_not_hold_up_the_end` |
//! | SIGTERM ignored | `ends::a_worker_that_ignores_sigterm_is_stopped_all_the_same` |
//! | out of memory | `rules::a_worker_above_its_memory_limit_is_ended_and_its_item_fails`; `cli: memory_that_the_system_refuses_is_one_rows_fate` |
//! | a grandchild that holds the pipes | `faults::a_grandchild_that_holds_the_pipes_is_ended_with_the_run`, `deaths::a_grandchild_that_left_its_group_holds_up_nothing` |
//! | a result of 256 MiB | `traffic::a_result_of_256_mib_arrives` |
//! | a million lines by one item | `traffic::a_million_lines_of_one_item_are_counted_and_bounded` |
//! | a message without a newline | `traffic::a_message_without_a_newline_is_kept`, `traffic::the_last_words_of_a_killed_host_are_kept` |
//! | a malformed frame | `traffic::a_malformed_frame_costs_its_item_only`, `traffic::a_frame_that_never_goes_on_holds_up_nothing`, `starts::hosts_that_talk_rubbish_end_the_run_with_a_reason` |
//! | a host that dies while starting | `starts::a_host_that_dies_while_starting_is_replaced`, `starts::a_host_that_hangs_while_starting_holds_up_nothing`, `faults::hosts_that_cannot_start_end_the_run_with_a_reason` |
//! | the binary replaced while running | `cli: a_program_whose_file_is_replaced_goes_on`, `starts::another_version_of_the_program_is_refused` |
//! | a full disk on export | `cli: a_full_disk_costs_the_file_and_not_the_run`, `cli: a_full_disk_under_standard_output_is_told` |
//! | the parent killed with SIGKILL | `ends::no_host_survives_a_program_that_is_killed`, `ends::a_suspended_host_does_not_survive_a_program_that_is_killed` |
//! | Ctrl-C once, twice | `cli: one_interrupt_lets_finish_what_executes`, `cli: a_second_interrupt_ends_at_once_and_keeps_what_is_finished` |
//! | file descriptors exhausted | `rules::too_few_descriptors_make_a_smaller_pool` |
//! | 512 workers on two cores | `starts::five_hundred_and_twelve_workers_share_the_work` |
//! | threads: only what executes is suspect | `deaths::of_threads_that_die_together_only_the_guilty_one_fails` |
//! | all of it at random | `chaos` |

mod deaths;
mod starts;
mod traffic;
