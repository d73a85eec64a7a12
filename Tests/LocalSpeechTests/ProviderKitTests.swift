import ProviderConformance
import ProviderKit
import Synchronization
import Testing

@Suite struct WorkersAndPoolTests {
    @Test func aQueuedJobIsDroppedWhenItIsCancelled() async throws {
        let workers = BlockingWorkers(name: "busy", count: 1)
        let began = Gate()
        let release = StopFlag()
        async let busy = workers.run { _ in
            began.open()
            while !release.isRaised {}
            return 1
        }
        await began.pass()
        let waiting = Task { try await workers.run { _ in 2 } }
        waiting.cancel()
        // The only thread is busy all the while: this returns because the job was dropped.
        let result = await waiting.result
        #expect(throws: CancellationError.self) { try result.get() }
        release.raise()
        #expect(try await busy == 1)
        #expect(try await workers.run { _ in 3 } == 3)
    }

    @Test func aRunningJobIsAskedToStopAndWaitedFor() async throws {
        let workers = BlockingWorkers(name: "asked", count: 1)
        let began = Gate()
        let left = StopFlag()
        let job = Task {
            try await workers.run { stop in
                began.open()
                while !stop.isRaised {}
                left.raise()
            }
        }
        await began.pass()
        job.cancel()
        _ = await job.result
        #expect(left.isRaised)
    }

    @Test func poolNeverLendsMoreThanItsLimitAndKeepsTheOrder() async throws {
        let made = Atomic(0)
        let pool = LeasePool<Int>(limit: 2) { made.add(1, ordering: .relaxed).newValue }
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { try await pool.withLease { _ in await gate.pass() } } }
            while pool.waiting < 8 { await Task.yield() }
            #expect(pool.count == 2)
            gate.open()
            try await group.waitForAll()
        }
        #expect(made.load(ordering: .relaxed) == 2)
        #expect(pool.waiting == 0)
    }

    @Test func aWaiterThatIsCancelledLeavesTheQueue() async throws {
        let pool = LeasePool<Int>(limit: 1) { 1 }
        try await pool.withLease { _ in
            let waiter = Task { try await pool.withLease { $0 } }
            while pool.waiting == 0 { await Task.yield() }
            waiter.cancel()
            let result = await waiter.result
            #expect(throws: CancellationError.self) { try result.get() }
            #expect(pool.waiting == 0)
        }
        #expect(try await pool.withLease { $0 } == 1)
    }

    @Test func whenMakingFailsTheNextMayTry() async throws {
        struct Broken: Error {}
        let tries = Atomic(0)
        let pool = LeasePool<Int>(limit: 1) {
            if tries.add(1, ordering: .relaxed).newValue == 1 { throw Broken() }
            return 7
        }
        await #expect(throws: Broken.self) { try await pool.withLease { $0 } }
        #expect(try await pool.withLease { $0 } == 7)
    }

    @Test(arguments: 1...20) func piecesLoseNothingAndKeepTheLimit(limit: Int) {
        let text = "One two, three four. Five six seven; eightnineteneleventwelve 。十三十四，十五 end"
        let pieces = speechPieces(of: text, limit: limit)
        #expect(pieces.allSatisfy { $0.count <= limit })
        #expect(pieces.joined().filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace })
    }

    @Test(arguments: [1, 7, 80, 1600]) func trimmingDoesNotDependOnChunks(width: Int) {
        let silence = [Int16](repeating: 3, count: 3000)
        let speech = [Int16](repeating: 5000, count: 500)
        let input = silence + speech + silence + speech + silence
        var trimmer = SilenceTrimmer(sampleRate: 16000)
        var output: [Int16] = []
        for start in stride(from: 0, to: input.count, by: width) {
            output += trimmer.add(Array(input[start..<min(input.count, start + width)]))
        }
        output += trimmer.finish()
        var wanted = Array(silence.prefix(800))
        wanted += speech
        wanted += silence
        wanted += speech
        wanted += silence.prefix(2400)
        #expect(output == wanted)
        #expect(trimmer.finish().isEmpty)
    }
}
