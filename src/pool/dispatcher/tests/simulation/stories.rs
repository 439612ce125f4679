//! Random stories: what they are made of, and what must hold in all of them.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::function::Fault;
use crate::pool::settings::Mode;

#[derive(Debug, Clone)]
enum Step {
    Launch { is_to_fail: bool },
    Ready(u8),
    Work { host: u8, lane: u8, fails: bool },
    Flush { host: u8, lane: u8 },
    Answer { host: u8, takes_rest: bool },
    Die { host: u8, code: i32 },
    Obey(u8),
    Look { pause_ms: u64, host: u8, bytes: u64, is_full: bool },
    Ask(Control),
}

fn step() -> impl Strategy<Value = Step> {
    let worker = || 1_usize..7;
    let control = prop_oneof![
        4 => Just(Control::Pause),
        5 => Just(Control::Resume),
        4 => (1_usize..7).prop_map(Control::SetWorkers),
        3 => worker().prop_map(|worker| Control::Kill { worker }),
        3 => worker().prop_map(|worker| Control::Suspend { worker }),
        3 => worker().prop_map(|worker| Control::Wake { worker }),
        2 => worker().prop_map(|worker| Control::Stack { worker }),
        3 => (worker(), prop::sample::select(Fault::ALL.to_vec()))
            .prop_map(|(worker, fault)| Control::Inject { worker, fault }),
        1 => Just(Control::StopSoon),
        1 => Just(Control::Stop),
    ];
    prop_oneof![
        8 => prop::bool::weighted(0.03).prop_map(|is_to_fail| Step::Launch { is_to_fail }),
        8 => any::<u8>().prop_map(Step::Ready),
        40 => (any::<u8>(), any::<u8>(), prop::bool::weighted(0.2))
            .prop_map(|(host, lane, fails)| Step::Work { host, lane, fails }),
        16 => (any::<u8>(), any::<u8>()).prop_map(|(host, lane)| Step::Flush { host, lane }),
        8 => (any::<u8>(), any::<bool>()).prop_map(|(host, takes_rest)| Step::Answer { host, takes_rest }),
        3 => (any::<u8>(), 0..3).prop_map(|(host, code)| Step::Die { host, code }),
        8 => any::<u8>().prop_map(Step::Obey),
        8 => (0_u64..40, any::<u8>(), prop_oneof![Just(10_u64), Just(600), Just(1100)], prop::bool::weighted(0.05))
            .prop_map(|(pause_ms, host, bytes, is_full)| Step::Look { pause_ms, host, bytes, is_full }),
        3 => control.prop_map(Step::Ask),
    ]
}

fn rules() -> impl Strategy<Value = (ItemRules, WorkerRules, HaltRule)> {
    let timeout = prop_oneof![
        Just(None),
        Just(Some(Timeout::After(Duration::from_millis(50)))),
        Just(Some(Timeout::OfMedian { percent: 300 })),
    ];
    let delay = prop_oneof![
        Just(RetryDelay::None),
        Just(RetryDelay::Fixed(Duration::from_millis(30))),
        Just(RetryDelay::Exponential(Duration::from_millis(5))),
    ];
    let item = (timeout, 0_u8..3, delay).prop_map(|(timeout, retries, retry_delay)| ItemRules {
        timeout,
        retries,
        retry_delay,
    });
    let recycle_items = prop_oneof![3 => Just(None), 1 => (1_u64..6).prop_map(Some)];
    let worker =
        (recycle_items, any::<bool>(), any::<bool>()).prop_map(|(recycle_items, recycles, limits)| {
            WorkerRules {
                recycle_items,
                recycle_bytes: recycles.then_some(RECYCLE_BYTES),
                memory_limit_bytes: limits.then_some(LIMIT_BYTES),
                ..WorkerRules::default()
            }
        });
    let failures = prop_oneof![(1_u64..5).prop_map(Failures::Count), (10_u8..60).prop_map(Failures::Percent)];
    let halting = prop_oneof![Just(Halting::Now), Just(Halting::Soon)];
    let halt = (failures, halting).prop_map(|(failures, halting)| HaltRule::At { failures, halting });
    (item, worker, prop_oneof![4 => Just(HaltRule::Never), 1 => halt])
}

fn settings() -> impl Strategy<Value = Settings> {
    let mode = prop_oneof![Just(Mode::Process), Just(Mode::Thread)];
    let chunk = prop_oneof![
        2 => Just(ChunkRule::Auto),
        1 => Just(ChunkRule::Even),
        3 => (1_u32..9).prop_map(ChunkRule::Fixed)
    ];
    (mode, (1_usize..6, 1_usize..4), chunk, rules()).prop_map(
        |(mode, (workers, processes), chunk, (item, worker, halt))| Settings {
            mode,
            workers,
            processes: processes.min(workers),
            chunk,
            item,
            worker,
            halt,
            ..Settings::default()
        },
    )
}

fn play(world: &mut World, step: Step) {
    match step {
        Step::Launch { is_to_fail } => world.launch(is_to_fail),
        Step::Look { pause_ms, host, bytes, is_full } => {
            world.now_ns += pause_ms * MS;
            world.look(world.picked(host), bytes, is_full);
        }
        Step::Ask(control) => world.tell(Trigger::Asked(control)),
        Step::Ready(host) => world.picked(host).into_iter().for_each(|host| world.get_ready(host)),
        Step::Work { host, lane, fails } => {
            world.picked(host).into_iter().for_each(|host| world.work(host, lane.into(), fails));
        }
        Step::Flush { host, lane } => {
            world.picked(host).into_iter().for_each(|host| world.flush(host, lane.into()));
        }
        Step::Answer { host, takes_rest } => {
            world.picked(host).into_iter().for_each(|host| world.answer(host, takes_rest));
        }
        Step::Die { host, code } => {
            world.picked(host).into_iter().for_each(|host| world.die(host, LifeEnd::Exit(code)));
        }
        Step::Obey(host) => world.picked(host).into_iter().for_each(|host| world.obey(host)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_rules_hold_in_any_story(
        total in 1_usize..60,
        settings in settings(),
        steps in prop::collection::vec(step(), 0..250),
    ) {
        let mut world = World::new(total, settings);
        for step in steps {
            play(&mut world, step);
        }
        world.run_to_the_end();
        world.check_end();
        check_events(&world.dispatcher);
    }
}
