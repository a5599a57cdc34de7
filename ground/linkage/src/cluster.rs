//! Groups of records of one person: pairs joined from the most probable down, as long as nobody in the one group contradicts
//! somebody in the other.

use crate::features::Features;
use crate::link::Pair;
use crate::model::{Model, Scale};

/// Pairs at least this probable join (log2 of the odds).
const JOIN: f32 = 0.0;

/// What all pairs between two groups must weigh in the mean, so that they join.
const MEAN: f32 = -2.0;

/// One pair counts for no more than this, and against no more than its opposite.
const MOST: f32 = 12.0;

/// Larger groups are not joined: nobody is recorded so often, and a mistake would grow.
const LARGEST: usize = 24;

/// The group of each record, named by its first record. Pairs come most probable first.
pub(crate) fn groups(all: &[Features], pairs: &[Pair], model: &Model, scale: Scale) -> Vec<u32> {
    let mut of: Vec<u32> = (0u32..).take(all.len()).collect();
    let mut members: Vec<Vec<u32>> = of.iter().map(|i| vec![*i]).collect();
    for pair in pairs.iter().take_while(|p| p.log_odds >= JOIN) {
        let (x, y) = (of[pair.a as usize], of[pair.b as usize]);
        let (into, from) = (x.min(y), x.max(y));
        let (here, there) = (&members[into as usize], &members[from as usize]);
        if into == from || here.len() + there.len() > LARGEST || !fits(all, here, there, model, scale) {
            continue;
        }
        let moved = std::mem::take(&mut members[from as usize]);
        for member in &moved {
            of[*member as usize] = into;
        }
        members[into as usize].extend(moved);
    }
    of
}

fn fits(all: &[Features], here: &[u32], there: &[u32], model: &Model, scale: Scale) -> bool {
    if here.len() == 1 && there.len() == 1 {
        return true;
    }
    let (mut sum, mut count) = (0.0, 0.0);
    for a in here {
        for b in there {
            let score = model.score(&all[*a as usize], &all[*b as usize], scale);
            sum += score.log_odds.clamp(-MOST, MOST);
            count += 1.0;
        }
    }
    sum / count >= MEAN
}
