import ProviderConformance
import Synchronization
import TestSupport
import Testing

@testable import ProviderKit

@Suite struct JobQueueTests {
    private func job(_ id: Int, _ urgency: JobQueue.Urgency) -> JobQueue.Job {
        JobQueue.Job(id: id, urgency: urgency, stop: StopFlag(), run: {}, drop: { _ in })
    }

    private func dropped(_ admission: JobQueue.Admission) -> [Int]? {
        if case .queued(let dropped) = admission { dropped.map(\.id) } else { nil }
    }

    @Test func urgentJobsKeepTheirOrderAndGoFirst() {
        var queue = JobQueue(threads: 3, limit: 10)
        #expect(dropped(queue.add(job(1, .spare))) == [])
        #expect(dropped(queue.add(job(2, .urgent))) == [])
        #expect(dropped(queue.add(job(3, .urgent))) == [])
        #expect([queue.next()?.id, queue.next()?.id, queue.next()?.id, queue.next()?.id] == [2, 3, 1, nil])
    }

    @Test func aSpareJobWaitsForNobodyElse() {
        var queue = JobQueue(threads: 1, limit: 10)
        _ = queue.add(job(1, .urgent))
        let first = queue.next()
        // One may wait for the thread; a second one has somebody before it.
        #expect(dropped(queue.add(job(2, .spare))) == [])
        #expect(dropped(queue.add(job(3, .spare))) == nil)
        // It leaves when it would be in the way.
        #expect(dropped(queue.add(job(4, .urgent))) == [2])
        #expect(dropped(queue.add(job(5, .spare))) == nil)
        #expect(queue.dropped == 3)
        if let first { queue.finished(first) }
        #expect(queue.next()?.id == 4)
        #expect(queue.next() == nil)
    }

    @Test func aSpareJobThatRunsIsAskedToStopWhenItsThreadIsWanted() {
        var queue = JobQueue(threads: 2, limit: 10)
        let (one, two) = (job(1, .spare), job(2, .spare))
        _ = queue.add(one)
        _ = queue.next()
        // A thread is idle: nobody waits.
        _ = queue.add(job(3, .urgent))
        #expect(!one.stop.isRaised)
        let urgent = queue.next()
        if let urgent { queue.finished(urgent) }
        _ = queue.add(two)
        _ = queue.next()
        _ = queue.add(job(4, .urgent))
        #expect(one.stop.isRaised && !two.stop.isRaised)
        _ = queue.add(job(5, .urgent))
        #expect(two.stop.isRaised)
        #expect(queue.dropped == 2)
    }

    @Test func atTheBoundJobsAreRefusedAndCounted() {
        var queue = JobQueue(threads: 1, limit: 3)
        for id in 0..<3 { #expect(dropped(queue.add(job(id, .urgent))) == []) }
        #expect(dropped(queue.add(job(4, .urgent))) == nil)
        #expect(queue.refused == 1)
        #expect(queue.remove(id: 1)?.id == 1)
        #expect(dropped(queue.add(job(5, .urgent))) == [])
        #expect([queue.next()?.id, queue.next()?.id, queue.next()?.id] == [0, 2, 5])
    }

    /// Whatever comes in whatever order: each job that was let in is run, dropped or removed, once; no urgent job waits
    /// while a spare one that was not asked to stop runs on every thread; the queue stays within its bounds.
    @Test(arguments: 0..<40) func everyJobEndsOnce(seed: Int) {
        var random = Seeded(UInt64(seed))
        let threads = Int.random(in: 1...3, using: &random)
        var queue = JobQueue(threads: threads, limit: 4)
        var (admitted, ended) = (Set<Int>(), [Int]())
        var running: [JobQueue.Job] = []
        var waitingUrgent = 0
        for id in 0..<300 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let job = job(id, Bool.random(using: &random) ? .urgent : .spare)
                guard let gone = dropped(queue.add(job)) else { continue }
                admitted.insert(id)
                ended += gone
                if job.urgency == .urgent { waitingUrgent += 1 }
            case 2 where running.count < threads:
                guard let job = queue.next() else { continue }
                if job.urgency == .urgent { waitingUrgent -= 1 }
                running.append(job)
            default:
                guard let job = running.randomElement(using: &random) else { continue }
                running.removeAll { $0.id == job.id }
                queue.finished(job)
                ended.append(job.id)
            }
            #expect(waitingUrgent <= 4)
            let undisturbed = running.filter { $0.urgency == .spare && !$0.stop.isRaised }.count
            if running.count == threads, waitingUrgent > 0 {
                #expect(undisturbed == 0 || waitingUrgent < threads)
            }
        }
        ended += running.map(\.id)
        while let job = queue.next() { ended.append(job.id) }
        #expect(Set(ended) == admitted)
        #expect(ended.count == admitted.count)
    }

    @Test func workGivesWayOnTheThreads() async throws {
        let workers = BlockingWorkers(name: "one", count: 1, limit: 1)
        let began = Gate()
        // Runs until an urgent job wants its thread.
        async let spare = workers.runIfIdle { stop -> Int in
            began.open()
            while !stop.isRaised {}
            throw CancellationError()
        }
        await began.pass()
        #expect(try await workers.run { _ in 1 } == 1)
        #expect(try await spare == nil)
        #expect(workers.dropped == 1)
        #expect(try await workers.runIfIdle { _ in 2 } == 2)
    }

    @Test func tooManyWaitingJobsAreAnError() async throws {
        let workers = BlockingWorkers(name: "full", count: 1, limit: 1)
        let (began, release) = (Gate(), StopFlag())
        async let busy: Void = workers.run { _ in
            began.open()
            while !release.isRaised {}
        }
        await began.pass()
        let results = await withTaskGroup(of: ProviderError?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do { try await workers.run { _ in } } catch {
                        // The thread is free again only when one of the two has been refused.
                        release.raise()
                        return error as? ProviderError
                    }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
        }
        #expect(results.map(\.code) == [.unavailable])
        #expect(workers.refused == 1)
        try await busy
    }

    @Test func aSpareJobOfACancelledTaskThrows() async throws {
        let workers = BlockingWorkers(name: "left", count: 1)
        let began = Gate()
        let job = Task {
            try await workers.runIfIdle { stop in
                began.open()
                while !stop.isRaised {}
                throw CancellationError()
            }
        }
        await began.pass()
        job.cancel()
        let result = await job.result
        #expect(throws: CancellationError.self) { try result.get() }
    }
}
