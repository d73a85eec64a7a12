import Testing

@testable import Session

@Suite(.timeLimit(.minutes(1))) struct MailboxTests {
    @Test func keepsTheOrder() async {
        let mailbox = Mailbox<Int>(limit: 4)
        let all = await withTaskGroup(of: [Int].self) { group in
            group.addTask {
                for number in 0..<1000 { await mailbox.send(number) }
                return []
            }
            group.addTask {
                var got: [Int] = []
                while got.count < 1000, let number = await mailbox.next() { got.append(number) }
                return got
            }
            return await group.reduce([]) { $0 + $1 }
        }
        #expect(all == Array(0..<1000))
    }

    /// The bound is real: the sender of one element too many goes on when one is taken, and not before.
    @Test func aSenderWaitsWhileTheLineIsFull() async {
        let mailbox = Mailbox<Int>()
        let sent = Tally()
        await withDiscardingTaskGroup { group in
            group.addImmediateTask {
                for number in 0..<600 {
                    await mailbox.send(number)
                    sent.add()
                }
            }
            // It ran as far as it could.
            #expect(sent.count == 512)
            #expect(await mailbox.next() == 0)
            while sent.count == 512 { await Task.yield() }
            for number in 1..<600 { #expect(await mailbox.next() == number) }
        }
        #expect(sent.count == 600)
    }

    @Test func whatMustNotWaitDoesNot() async {
        let mailbox = Mailbox<Int>(limit: 1)
        for number in 0..<10 { mailbox.force(number) }
        for number in 0..<10 { #expect(await mailbox.next() == number) }
    }

    @Test func closingFreesEverybody() async {
        let mailbox = Mailbox<Int>(limit: 1)
        await mailbox.send(0)
        await withDiscardingTaskGroup { group in
            for number in 1..<5 { group.addImmediateTask { await mailbox.send(number) } }
            mailbox.close()
        }
        #expect(await mailbox.next() == nil)
        mailbox.force(9)
        #expect(await mailbox.next() == nil)
    }
}
