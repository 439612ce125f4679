use super::*;

#[test]
fn no_two_commands_share_a_label() {
    let mut labels: Vec<String> = offered().map(|command| command.label()).collect();
    labels.sort_unstable();
    let count = labels.len();
    labels.dedup();
    assert_eq!(labels.len(), count);
}

#[test]
fn commands_on_the_same_keys_are_never_possible_together() {
    let flags = |number: u16| Situation {
        is_live: number & 1 > 0,
        is_paused: number & 2 > 0,
        is_ending: number & 4 > 0,
        has_undone: number & 8 > 0,
        has_deaths: number & 16 > 0,
        is_trying: number & 32 > 0,
        has_results: number & 64 > 0,
        is_comparing: number & 128 > 0,
        has_run: number & 256 > 0,
        has_setup_before: number & 512 > 0,
        has_code_to_save: number & 1024 > 0,
    };
    for situation in (0..2048).map(flags) {
        let possible: Vec<Command> = offered().filter(|one| one.is_possible(situation)).collect();
        for (place, command) in possible.iter().enumerate() {
            let Some(keys) = command.shortcut() else { continue };
            for other in &possible[place + 1..] {
                assert_ne!(other.shortcut(), Some(keys), "{command:?} and {other:?}");
            }
        }
    }
}

#[test]
fn a_sent_command_arrives() {
    let (sender, receiver) = channel(&Context::default());
    sender.clone().send(Command::SelectRow(7));
    assert_eq!(receiver.try_recv(), Ok(Command::SelectRow(7)));
}
