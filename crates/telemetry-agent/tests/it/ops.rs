//! What an application may say, in any sequence.

use proptest::prelude::*;

/// What an application says. Numbers choose among what there is.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    CreateProject(usize),
    RestoreProject(usize),
    RemoveProject(usize),
    Limit(usize, Option<u32>),
    CreateTask(usize, usize),
    RestoreTask(usize, usize, usize, bool),
    Move(usize, usize, usize),
    TryMove(usize, usize, usize),
    Enqueue(usize, usize),
    Dequeue(usize, usize),
    Decide(usize, usize, bool),
    RemoveTask(usize, usize),
    Hold(usize, usize),
    LetGo(usize),
    Rest(usize, usize),
    Start { project: usize, agent: usize, task: Option<usize>, within: Option<usize>, ready: bool, asks: bool },
    Turn(usize),
    Pause(usize),
    Resume(usize),
    Spend(usize, u64),
    Tool(usize, usize),
    End(usize, usize),
    CreateSession(usize, usize),
    EndSession(usize, usize),
    Join(usize, usize, usize),
    Leave(usize),
    Event(usize, usize),
}

pub(crate) fn ops() -> impl Strategy<Value = Op> {
    let (p, a, t, i, c) = (0_usize..2, 0_usize..3, 0_usize..4, 0_usize..8, 0_usize..4);
    prop_oneof![
        1 => p.clone().prop_map(Op::CreateProject),
        1 => p.clone().prop_map(Op::RestoreProject),
        1 => p.clone().prop_map(Op::RemoveProject),
        1 => (p.clone(), proptest::option::of(1_u32..4)).prop_map(|(p, max)| Op::Limit(p, max)),
        4 => (p.clone(), t.clone()).prop_map(|(p, t)| Op::CreateTask(p, t)),
        1 => (p.clone(), t.clone(), c.clone(), any::<bool>()).prop_map(|(p, t, c, q)| Op::RestoreTask(p, t, c, q)),
        4 => (p.clone(), t.clone(), c.clone()).prop_map(|(p, t, c)| Op::Move(p, t, c)),
        3 => (p.clone(), t.clone(), c.clone()).prop_map(|(p, t, c)| Op::TryMove(p, t, c)),
        2 => (p.clone(), t.clone()).prop_map(|(p, t)| Op::Enqueue(p, t)),
        1 => (p.clone(), t.clone()).prop_map(|(p, t)| Op::Dequeue(p, t)),
        3 => (p.clone(), t.clone(), any::<bool>()).prop_map(|(p, t, yes)| Op::Decide(p, t, yes)),
        2 => (p.clone(), t.clone()).prop_map(|(p, t)| Op::RemoveTask(p, t)),
        3 => (p.clone(), a.clone()).prop_map(|(p, a)| Op::Hold(p, a)),
        2 => i.clone().prop_map(Op::LetGo),
        1 => (i.clone(), 0_usize..6).prop_map(|(i, status)| Op::Rest(i, status)),
        6 => (p.clone(), a, proptest::option::of(t.clone()), proptest::option::of(i.clone()), any::<(bool, bool)>())
            .prop_map(|(project, agent, task, within, (ready, asks))| Op::Start {
                project, agent, task, within, ready, asks
            }),
        5 => i.clone().prop_map(Op::Turn),
        2 => i.clone().prop_map(Op::Pause),
        2 => i.clone().prop_map(Op::Resume),
        5 => (i.clone(), 1_u64..500).prop_map(|(i, cents)| Op::Spend(i, cents)),
        3 => (i.clone(), 0_usize..4).prop_map(|(i, end)| Op::Tool(i, end)),
        4 => (i.clone(), 0_usize..5).prop_map(|(i, end)| Op::End(i, end)),
        2 => (p.clone(), t.clone()).prop_map(|(p, s)| Op::CreateSession(p, s)),
        1 => (p.clone(), t.clone()).prop_map(|(p, s)| Op::EndSession(p, s)),
        2 => (p.clone(), t.clone(), 0_usize..2).prop_map(|(p, s, user)| Op::Join(p, s, user)),
        1 => i.prop_map(Op::Leave),
        1 => (p, t).prop_map(|(p, s)| Op::Event(p, s)),
    ]
}
