/// Says which nodes of a plan run next. A pure value: events in, actions out, in the order of the graph.
///
/// - Roots start at once. Every other node starts when all its parents have settled and at least one way to it is open.
/// - A way is open when its parent finished and its guard holds. When no way to a node is open, it is skipped, and what
///   only follows it is skipped in turn.
/// - A node that failed gives no answer and its conditions do not hold, but it does not block: its unconditional and
///   default ways are open.
/// - What follows a loop from outside waits until the loop is over, so that it sees the last round's answers. What begins
///   the loop's next round sees them as well.
/// - A chooser is judged as any node with conditions: the one that holds is the member that runs next. It gives no answer.
/// - Events that do not fit the state of their node (late, twice, unknown) change nothing and return no actions.
public struct FlowMachine: Equatable, Sendable {
    /// An instruction to the owner of the machine.
    public enum Action: Equatable, Sendable {
        /// Run the node. Its input are the answers of `ancestors`: everything that finished and from which the ways that
        /// were taken lead to it, in the order of the graph, but its parents last. A closing node gets its parents only: the
        /// members that it closes. A node that begins a loop's next round gets the answers of the round before as well, behind
        /// the others. Several nodes may begin a round: read the answers for all of them before one starts.
        case start(_ id: String, ancestors: [String])
        /// Judge the conditions on the node's answer and report with `judged`. When a loop may go round again, its
        /// condition is the first of them.
        case judge(_ id: String, conditions: [String])
        /// The node does not run in this round.
        case skipped(_ id: String)
        /// Everything has run or been skipped. Comes once, last.
        case completed
    }

    private enum State: Equatable, Sendable {
        /// Waits for parents. → running, skipped
        case waiting
        /// → judging, finished, failed
        case running
        /// Its conditions are being judged. → finished, or waiting when a loop goes round again
        case judging
        /// Passed the flow on along the ways that are open. → waiting, when a loop goes round again
        case finished(open: [Bool])
        /// Gave no answer. → waiting, when a loop goes round again
        case failed(open: [Bool])
        /// → waiting, when a loop goes round again
        case skipped

        var isSettled: Bool {
            switch self {
            case .waiting, .running, .judging: false
            case .finished, .failed, .skipped: true
            }
        }

        /// Which of its ways are taken; empty when it passed nothing on.
        var open: [Bool] {
            switch self {
            case .waiting, .running, .judging, .skipped: []
            case .finished(let open), .failed(let open): open
            }
        }

        var hasAnswered: Bool { if case .finished = self { true } else { false } }
    }

    private enum LoopState: Equatable, Sendable {
        /// Gone back `iterations` times so far. → over
        case open(iterations: Int)
        case over
    }

    /// What the machine runs.
    public let plan: FlowPlan
    private var states: [State]
    /// Whose answers lead to each node that was reached, as the ways were taken.
    private var lineages: [NodeSet]
    private var loops: [LoopState]
    private var indices: [String: Int]
    private var hasBegun = false

    /// A machine at the start of `plan`.
    public init(plan: FlowPlan) {
        self.plan = plan
        states = Array(repeating: .waiting, count: plan.nodes.count)
        lineages = Array(repeating: NodeSet(of: plan.nodes.count), count: plan.nodes.count)
        loops = Array(repeating: .open(iterations: 0), count: plan.loops.count)
        indices = Dictionary(plan.nodes.map { ($0.id, $0.order) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether everything has run or been skipped.
    public var isCompleted: Bool {
        // What comes last in the graph is usually the last to settle.
        hasBegun && states.reversed().allSatisfy(\.isSettled)
    }

    /// Whether the node has finished and no other agent follows it: its ways lead to the ends of super agents only. nil while
    /// it is being chosen who follows.
    public func isLast(_ id: String) -> Bool? {
        guard let index = indices[id], case .finished = states[index] else { return false }
        return leadsOn(from: index).map { !$0 }
    }

    /// Whether another agent follows; nil while that is being chosen.
    private func leadsOn(from index: Int) -> Bool? {
        var isKnown = true
        for (way, isOpen) in zip(plan.nodes[index].ways, states[index].open) where isOpen {
            switch plan.nodes[way.target].kind {
            case .agent: return true
            case .closing: continue
            case .choosing where !states[way.target].isSettled: isKnown = false
            case .choosing:
                guard let leads = leadsOn(from: way.target) else {
                    isKnown = false
                    continue
                }
                if leads { return true }
            }
        }
        return isKnown ? false : nil
    }

    /// Who follows the node that has finished, by the ways that were taken: members of the same super agent, each once.
    public func followers(of id: String) -> [String] {
        guard let index = indices[id] else { return [] }
        let node = plan.nodes[index]
        var names: [String] = []
        for (way, isOpen) in zip(node.ways, states[index].open) where isOpen {
            let target = plan.nodes[way.target]
            let depth = target.superAgents.count - node.superAgents.count
            // The end of its super agent stands further out, and who comes after the next chooser is not known.
            guard depth > 0 || (depth == 0 && !target.isChooser) else { continue }
            let name = depth == 0 ? target.name : target.superAgents[depth - 1]
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Starts the roots. Only the first call does anything.
    public mutating func begin() -> [Action] {
        if hasBegun { return [] }
        hasBegun = true
        return advance()
    }

    /// The node gave its answer.
    public mutating func finished(_ id: String) -> [Action] {
        guard let index = indices[id], states[index] == .running else { return [] }
        let conditions = conditions(at: index)
        if !conditions.isEmpty {
            states[index] = .judging
            return [.judge(id, conditions: conditions)]
        }
        return settle(index, holds: [])
    }

    /// The node gave no answer.
    public mutating func failed(_ id: String) -> [Action] {
        guard let index = indices[id], states[index] == .running else { return [] }
        states[index] = .failed(open: plan.nodes[index].ways.map(\.isOpenAfterFailure))
        endLoops(at: index)
        return advance(behind: index)
    }

    /// Which of the conditions hold, in the order in which `judge` named them; missing ones do not hold.
    public mutating func judged(_ id: String, holds: [Bool]) -> [Action] {
        guard let index = indices[id], states[index] == .judging else { return [] }
        let loops = loopsThatMayGoRound(at: index)
        for (loop, isTrue) in zip(loops, holds) where isTrue {
            return goRound(loop)
        }
        return settle(index, holds: Array(holds.dropFirst(loops.count)))
    }

    /// The conditions to judge when the node finishes: those of loops it may take back, then those on its ways.
    private func conditions(at index: Int) -> [String] {
        loopsThatMayGoRound(at: index).map { plan.loops[$0].condition } + plan.nodes[index].conditions
    }

    private func loopsThatMayGoRound(at tail: Int) -> [Int] {
        plan.loops.indices.filter { number in
            guard plan.loops[number].tail == tail, case .open(let iterations) = loops[number] else { return false }
            return iterations < plan.loops[number].maxIterations
        }
    }

    private mutating func settle(_ index: Int, holds: [Bool]) -> [Action] {
        let node = plan.nodes[index]
        var taken: [String] = []
        for (condition, isTrue) in zip(node.conditions, holds) where isTrue {
            taken.append(condition)
            if node.mode == .firstMatch { break }
        }
        let open = node.ways.map { way in
            switch way.guard {
            case .always: true
            case .condition(let text): taken.contains(text)
            case .otherwise: taken.isEmpty
            }
        }
        states[index] = .finished(open: open)
        endLoops(at: index)
        return advance(behind: index)
    }

    private mutating func goRound(_ number: Int) -> [Action] {
        guard case .open(let iterations) = loops[number] else { return [] }
        let body = Set(plan.loops[number].body)
        var answered: [Int] = []
        lineages[plan.loops[number].tail].forEach { if body.contains($0) { answered.append($0) } }
        answered.append(plan.loops[number].tail)
        for index in body { states[index] = .waiting }
        for inner in loops.indices where inner != number && body.contains(plan.loops[inner].tail) && inner < number {
            loops[inner] = .open(iterations: 0)
        }
        loops[number] = .open(iterations: iterations + 1)
        return advance(after: answered, of: body)
    }

    private mutating func endLoops(at tail: Int) {
        for number in loops.indices where plan.loops[number].tail == tail { loops[number] = .over }
    }

    /// Starts and skips whatever can be. One pass is enough, since ways lead only to later nodes.
    /// - Parameters:
    ///   - settled: the one node that has settled since the last pass; nil looks at all nodes. Without loops only what follows
    ///     it can have changed.
    ///   - round: when a loop goes round, who answered in the round before and led to its tail.
    ///   - body: then the nodes of that loop. The first of them start at once, since what leads to them is settled.
    private mutating func advance(
        behind settled: Int? = nil, after round: [Int] = [], of body: Set<Int> = []
    ) -> [Action] {
        var actions: [Action] = []
        guard hasBegun else { return [] }
        let isEverything = settled == nil || !plan.loops.isEmpty
        var candidates = Candidates(
            isEverything ? Array(states.indices) : Set(plan.nodes[settled ?? 0].ways.map(\.target)).sorted())
        while let index = candidates.next() {
            guard case .waiting = states[index], let verdict = verdict(on: index) else { continue }
            let node = plan.nodes[index]
            switch verdict {
            case .start(let parents):
                let isFirst = body.contains(index) && !node.parents.contains(where: body.contains)
                lineages[index] = lineage(of: index)
                let input = input(of: index, parents: parents, after: isFirst ? round : [])
                states[index] = .running
                actions.append(.start(node.id, ancestors: input))
            case .skip:
                states[index] = .skipped
                endLoops(at: index)
                actions.append(.skipped(node.id))
                candidates.add(node.ways.map(\.target))
            case .passOn:
                lineages[index] = lineage(of: index)
                states[index] = .failed(open: node.ways.map(\.isOpenAfterFailure))
                endLoops(at: index)
                actions.append(.skipped(node.id))
                candidates.add(node.ways.map(\.target))
            }
        }
        if isCompleted { actions.append(.completed) }
        return actions
    }

    /// Whose answers the node gets, by id: its parents behind the others, and `round` behind all of them.
    private func input(of index: Int, parents: [Int], after round: [Int]) -> [String] {
        if case .closing = plan.nodes[index].kind { return parents.map { plan.nodes[$0].id } }
        var others = lineages[index]
        for parent in parents { others.remove(parent) }
        var ids: [String] = []
        others.forEach { ids.append(plan.nodes[$0].id) }
        return ids + (parents + round).map { plan.nodes[$0].id }
    }

    /// Everything that answered and from which the ways that were taken lead to `index`.
    private func lineage(of index: Int) -> NodeSet {
        var lineage = NodeSet(of: plan.nodes.count)
        for parent in plan.nodes[index].parents where leads(parent, to: index, open: states[parent].open) {
            lineage.formUnion(lineages[parent])
            if states[parent].hasAnswered, !plan.nodes[parent].isChooser { lineage.insert(parent) }
        }
        return lineage
    }

    private enum Verdict {
        case start(parents: [Int])
        case skip
        /// A closing node all of whose members failed has nothing to close, but it does not block either.
        case passOn
    }

    /// The next state of a waiting node, or nil while it has to wait.
    private func verdict(on index: Int) -> Verdict? {
        var answering: [Int] = []
        var isEntered = false
        for parent in plan.nodes[index].parents {
            if isHeldBack(from: parent, to: index) { return nil }
            switch states[parent] {
            case .waiting, .running, .judging:
                return nil
            case .skipped:
                continue
            case .finished(let open) where leads(parent, to: index, open: open):
                if !plan.nodes[parent].isChooser { answering.append(parent) }
                isEntered = true
            case .failed(let open) where leads(parent, to: index, open: open):
                isEntered = true
            case .finished, .failed:
                continue
            }
        }
        let node = plan.nodes[index]
        if case .closing = node.kind, answering.isEmpty { return isEntered ? .passOn : .skip }
        if node.parents.isEmpty || isEntered { return .start(parents: answering) }
        return .skip
    }

    private func leads(_ parent: Int, to index: Int, open: [Bool]) -> Bool {
        // By index: a way that is copied counts its texts.
        open.indices.contains { open[$0] && plan.nodes[parent].ways[$0].target == index }
    }

    /// Whether the way leaves a loop that may still go round again.
    private func isHeldBack(from parent: Int, to index: Int) -> Bool {
        plan.loops.indices.contains { number in
            loops[number] != .over && plan.loops[number].body.contains(parent)
                && !plan.loops[number].body.contains(index)
        }
    }
}

/// Nodes to look at, each once and in the order of the graph. What is added lies behind what was taken.
private struct Candidates {
    private var ascending: [Int]
    private var taken = 0

    init(_ ascending: [Int]) { self.ascending = ascending }

    mutating func next() -> Int? {
        guard taken < ascending.count else { return nil }
        taken += 1
        return ascending[taken - 1]
    }

    mutating func add(_ nodes: [Int]) {
        for node in nodes {
            let place = ascending[taken...].firstIndex { $0 >= node } ?? ascending.endIndex
            if place == ascending.endIndex || ascending[place] != node { ascending.insert(node, at: place) }
        }
    }
}

extension FlowPlan.Way {
    fileprivate var isOpenAfterFailure: Bool {
        switch self.guard {
        case .always, .otherwise: true
        case .condition: false
        }
    }
}
