//! Each judgement on both sides of its limits.

use super::*;
use crate::lessons::judge::told;

#[test]
fn a_process_takes_far_longer_to_start_by_each_way_that_there_is() {
    assert_eq!(told(started(60.0, Some(900.0), 60_000.0)), (true, 2));
    assert_eq!(told(started(100.0, None, 4_500.0)), (true, 2));
    assert_eq!(told(started(100.0, Some(900.0), 2_100.0)), (true, 1));
    assert_eq!(told(started(100.0, Some(900.0), 1_500.0)), (false, 1));
    assert_eq!(
        told(started(100.0, Some(150.0), 60_000.0)),
        (false, 2),
        "a fork that is as cheap as a thread"
    );
    assert_eq!(told(started(100.0, None, 120.0)), (false, 0));
    assert_eq!(started(60.0, None, 60_000.0).figures[1].value, "not here");
}

#[test]
fn the_law_is_met_where_the_speedup_is_nearer_to_it_than_to_none_and_to_all_cores() {
    assert!((amdahls_speedup(0.4, 2.0) - 1.0 / 0.7).abs() < 1e-12);
    assert!((amdahls_speedup(0.0, 16.0) - 16.0).abs() < 1e-12);
    for (workers, met, unlimited) in [(2, 1.43, 1.95), (4, 1.75, 3.8), (8, 2.0, 7.5)] {
        assert_eq!(told(limited(met, 0.4, workers)), (true, 1), "{workers}");
        assert_eq!(told(limited(unlimited, 0.4, workers)), (false, 0), "{workers}");
        assert_eq!(told(limited(1.02, 0.4, workers)), (false, 2), "{workers}");
    }
    assert_eq!(told(limited(1.0, 0.4, 1)), (false, 2));
    assert!(limited(1.0, 0.4, 1).why.contains("one core"));
}

#[test]
fn chunks_are_judged_by_the_pool_of_python() {
    assert_eq!(told(handed_over(80.0, 0.6, Some(1.6))), (true, 2));
    assert_eq!(told(handed_over(4.0, 1.0, None)), (true, 1));
    assert_eq!(told(handed_over(2.0, 1.0, Some(9.0))), (false, 1));
    assert_eq!(told(handed_over(1.1, 1.0, Some(1.0))), (false, 0));
    assert_eq!(told(handed_over(0.0, 0.0, None)), (false, 0), "nothing was measured");
}

#[test]
fn order_counts_where_the_last_item_is_waited_for() {
    assert_eq!(told(ordered(1.76, 1.01)), (true, 1));
    assert_eq!(told(ordered(1.2, 1.0)), (false, 0));
    assert_eq!(told(ordered(4.0, 1.0)), (true, 2));
}

#[test]
fn more_workers_than_cores_gain_nothing() {
    assert_eq!(told(crowded(0.93, [2, 8], [20.0, 80.0])), (true, 2));
    assert_eq!(told(crowded(1.33, [2, 8], [20.0, 80.0])), (true, 2), "others took a quarter of the cores");
    assert_eq!(told(crowded(1.6, [2, 8], [20.0, 80.0])), (false, 1));
    assert_eq!(told(crowded(3.9, [2, 8], [20.0, 80.0])), (false, 0));
    assert_eq!(crowded(1.0, [1, 4], [9.6, 39.0]).figures[1].meaning, "held by 1 process at most");
}

#[test]
fn neighbours_are_slow_where_there_are_two_caches() {
    assert_eq!(told(neighbours(40.0, 6.0, 1.9, 2)), (true, 1));
    assert_eq!(told(neighbours(7.0, 6.0, 1.9, 2)), (false, 0));
    assert!(neighbours(7.0, 6.0, 1.9, 2).why.contains("hyperthreads"));
    assert!(neighbours(14.0, 14.0, 1.0, 2).why.contains("took turns"));
    assert_eq!(told(neighbours(6.0, 6.1, 1.0, 1)), (false, 0));
    assert!(neighbours(6.0, 6.0, 1.0, 1).why.contains("There is one core"));
}

#[test]
fn neighbours_are_compared_where_each_thread_had_a_core_of_its_own() {
    let round = |apart, near| {
        [(128.0, apart), (8.0, near), (16.0, near), (32.0, near), (64.0, apart), (256.0, apart)]
    };
    // Mostly on two hyperthreads of one core, at times on two cores.
    let rounds =
        [round(15.0, 15.5), round(7.0, 30.0), round(15.0, 15.0), round(15.0, 16.0), round(14.0, 15.0)];
    let steps_ns = steps_ns(&rounds.concat());
    assert_eq!(
        steps_ns,
        [(8.0, 30.0), (16.0, 30.0), (32.0, 30.0), (64.0, 14.0), (128.0, 14.0), (256.0, 14.0)]
    );
    assert!(super::steps_ns(&[]).is_empty());
}

#[test]
fn numbers_are_the_same_where_each_process_begins_anew() {
    let sequence = [0.64, 0.03, 0.28, 0.22];
    let alike = [sequence.to_vec(), sequence[..2].to_vec(), sequence[..3].to_vec()];
    assert_eq!(told(drawn(&alike, &sequence)), (true, 1));
    assert_eq!(told(drawn(&alike, &[0.64, 0.64])), (false, 1), "the threads had several generators");
    let different = [sequence[..2].to_vec(), sequence[2..].to_vec()];
    assert_eq!(told(drawn(&different, &sequence)), (false, 0));
    assert_eq!(told(drawn(&[sequence.to_vec()], &sequence)), (false, 0), "one process did it all");
    assert_eq!(told(drawn(&[vec![0.64], vec![0.64]], &sequence)), (true, 2));
    let others = [sequence.to_vec(), vec![0.64, 0.99]];
    assert_eq!(told(drawn(&others, &sequence)), (false, 1), "one drew what no other did");
}

#[test]
fn a_pool_in_each_worker_is_more_processes_and_no_gain() {
    assert_eq!(told(multiplied(0.7, 2, 4.0)), (true, 2));
    assert_eq!(told(multiplied(1.5, 2, 4.0)), (false, 1));
    assert_eq!(told(multiplied(1.9, 2, 4.0)), (false, 0));
    assert_eq!(told(multiplied(0.9, 4, 0.0)), (false, 2), "there were no other pools");
    assert_eq!(multiplied(0.7, 16, 128.0).figures[1].value, "144");
}
