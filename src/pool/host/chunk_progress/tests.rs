use super::*;

fn at(at_ns: u64) -> ClockReading {
    ClockReading { at_ns, cpu_ns: at_ns }
}

struct Lane {
    page: Page,
    ring: ClaimRing,
}

impl Lane {
    /// Begins the one next item.
    fn begin(&self, chunk_progress: &mut ChunkProgress, now_ns: u64) -> Option<usize> {
        match chunk_progress.begin_next(&self.page, &self.ring, 0, now_ns)? {
            NextWork::One(place) => Some(place),
            NextWork::FastBatch(places, _) => panic!("a fast_batch of {places:?}"),
        }
    }
}

fn progress_of(items: i64) -> (ChunkProgress, Lane) {
    let memory = memmap2::MmapMut::map_anon(Page::size_bytes(1)).unwrap().into();
    let work = Arc::new(Work { first: 100, inputs: Column::Int((0..items).collect()) });
    let mut chunk_progress = ChunkProgress::default();
    chunk_progress.begin_chunk(&work, at(0));
    (chunk_progress, Lane { page: Page::new(memory, 1).unwrap(), ring: ClaimRing::new(false) })
}

#[test]
fn finished_items_are_sent_in_order_and_once() {
    let (mut chunk_progress, lane) = progress_of(3);
    for now_ns in [0, 10, 20] {
        assert!(lane.begin(&mut chunk_progress, now_ns).is_some());
        chunk_progress.record(Ok(Value::Int(1)), at(now_ns + 10));
    }
    let batch = chunk_progress.take_batch(at(30)).unwrap();
    assert_eq!((batch.first, batch.count), (100, 3));
    let Timing::Each { start_ns, duration_ns, .. } = batch.timing else { panic!("{:?}", batch.timing) };
    assert_eq!((start_ns, duration_ns), (vec![0, 10, 20], vec![10, 10, 10]));
    assert_eq!((lane.begin(&mut chunk_progress, 40), chunk_progress.take_batch(at(40))), (None, None));
}

#[test]
fn results_do_not_wait_behind_an_item_that_hangs() {
    let (mut chunk_progress, lane) = progress_of(5);
    lane.begin(&mut chunk_progress, 0);
    chunk_progress.record(Err("no".into()), at(10));
    lane.begin(&mut chunk_progress, 10);
    assert!(chunk_progress.is_due(FLUSH_NS));
    let reading = chunk_progress.reading_of_flusher().unwrap();
    let batch = chunk_progress.take_batch(reading).unwrap();
    assert_eq!((batch.count, batch.failures.len()), (1, 1));
    assert_eq!(chunk_progress.give_back(STUCK_NS, false), None);
    assert_eq!(chunk_progress.give_back(STUCK_NS + 10, false), Some((102, 3)));
    chunk_progress.record(Ok(Value::Int(1)), at(STUCK_NS * 2));
    assert_eq!(lane.begin(&mut chunk_progress, STUCK_NS * 2), None);
    assert_eq!(
        chunk_progress.take_batch(at(STUCK_NS * 2)).map(|batch| (batch.first, batch.count)),
        Some((101, 1))
    );
}

#[test]
fn short_items_share_a_span() {
    let (mut chunk_progress, lane) = progress_of(4);
    for _ in 0..2 {
        lane.begin(&mut chunk_progress, 0);
        chunk_progress.record(Ok(Value::Int(1)), at(100));
        chunk_progress.take_batch(at(100));
        chunk_progress.choose_timing();
    }
    lane.begin(&mut chunk_progress, 100);
    chunk_progress.record(Ok(Value::Int(1)), at(100));
    let batch = chunk_progress.take_batch(at(150)).unwrap();
    assert_eq!(batch.timing, Timing::Whole { start_ns: 100, duration_ns: 50, cpu_ns: 50 });
}

#[test]
fn long_items_among_short_ones_keep_spans_apart() {
    let (mut chunk_progress, lane) = progress_of(100);
    let mut now_ns = 0;
    for place in 0..50 {
        lane.begin(&mut chunk_progress, now_ns);
        now_ns += if place == 20 || place == 30 { WORTH_TIMING_NS * 4 } else { 100 };
        chunk_progress.record(Ok(Value::Int(1)), at(now_ns));
    }
    chunk_progress.take_batch(at(now_ns));
    chunk_progress.choose_timing();
    assert_eq!(chunk_progress.timing_mode(), TimingMode::Each);
}

#[test]
fn short_items_are_known_soon() {
    let (mut chunk_progress, lane) = progress_of(100);
    let enough = Probe::default().0 as u64;
    for place in 0..enough {
        assert!(!chunk_progress.is_due(place * 100));
        lane.begin(&mut chunk_progress, place * 100);
        chunk_progress.record(Ok(Value::Int(1)), at(place * 100 + 100));
    }
    assert!(chunk_progress.is_due(enough * 100) && !chunk_progress.is_due(enough * WORTH_TIMING_NS));
}

#[test]
fn a_shared_span_ends_where_a_long_item_shows() {
    let (mut chunk_progress, lane) = progress_of(100);
    lane.begin(&mut chunk_progress, 0);
    chunk_progress.record(Ok(Value::Text("1".into())), at(100));
    chunk_progress.take_batch(at(100));
    chunk_progress.choose_timing();
    (0..10).for_each(|_| {
        lane.begin(&mut chunk_progress, 100);
        chunk_progress.record(Ok(Value::Text("1".into())), at(100));
    });
    assert!(!chunk_progress.is_due(1_000) && chunk_progress.is_due(100 + 10 * WORTH_TIMING_NS));
}

#[test]
fn a_fast_batch_that_is_cut_leaves_nothing_out() {
    let (mut chunk_progress, lane) = progress_of(100);
    lane.begin(&mut chunk_progress, 0);
    chunk_progress.record(Ok(Value::Int(0)), at(100));
    chunk_progress.take_batch(at(100));
    chunk_progress.choose_timing();
    let next = chunk_progress.begin_next(&lane.page, &lane.ring, 0, 100);
    assert_eq!(next, Some(NextWork::FastBatch(1..100, Kind::Int)));
    for nth in 0..10 {
        let place = lane.ring.claim().unwrap();
        lane.ring.keep(nth, place as u64);
    }
    let in_hand = lane.ring.claim().unwrap();
    chunk_progress.cut_fast_batch(&lane.ring, 100 + LONG_FAST_BATCH_NS);
    let batch = chunk_progress.take_batch(chunk_progress.reading_of_flusher().unwrap()).unwrap();
    assert_eq!((batch.first, &*batch.outputs), (101, &(1..11).collect::<Vec<i64>>().into()));
    assert_eq!(
        chunk_progress.give_back(100 + STUCK_NS, false),
        Some((100 + in_hand as u64 + 1, 100 - in_hand as u64 - 1))
    );
    assert_eq!(lane.ring.claim(), None);
    lane.ring.keep(10, 11);
    chunk_progress.end_fast_batch(&lane.ring, lane.ring.last_claimed(), at(STUCK_NS * 2));
    let batch = chunk_progress.take_batch(at(STUCK_NS * 2)).unwrap();
    assert_eq!((batch.first, &*batch.outputs), (111, &vec![11_i64].into()));
    assert_eq!(lane.begin(&mut chunk_progress, STUCK_NS * 2), None);
}

#[test]
fn a_fast_batch_that_is_over_but_not_recorded_is_not_given_back() {
    let (mut chunk_progress, lane) = progress_of(10_000);
    lane.begin(&mut chunk_progress, 0);
    chunk_progress.record(Ok(Value::Int(0)), at(100));
    chunk_progress.take_batch(at(100));
    chunk_progress.choose_timing();
    let Some(NextWork::FastBatch(places, _)) = chunk_progress.begin_next(&lane.page, &lane.ring, 0, 100)
    else {
        panic!("no fast_batch")
    };
    for nth in 0..places.len() {
        lane.ring.claim().unwrap();
        lane.ring.keep(nth, 1);
    }
    assert_eq!(lane.ring.claim(), None);
    // The lane is held up here, for instance because the machine has other things to do.
    chunk_progress.cut_fast_batch(&lane.ring, STUCK_NS * 2);
    assert_eq!(chunk_progress.take_batch(at(STUCK_NS * 2)), None);
    assert_eq!(
        chunk_progress.give_back(STUCK_NS * 2, false),
        Some((100 + places.end as u64, 10_000 - places.end as u64))
    );
    chunk_progress.end_fast_batch(&lane.ring, lane.ring.last_claimed(), at(STUCK_NS * 3));
    assert_eq!(chunk_progress.take_batch(at(STUCK_NS * 3)).map(|batch| batch.count), Some(places.len()));
    assert_eq!(lane.begin(&mut chunk_progress, STUCK_NS * 3), None);
}
