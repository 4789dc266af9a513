/// Wakes whoever waits for tasks when one of them is to be taken up again.
final class Revivals: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// One was revived.
    func tell() { continuation.yield() }

    /// Waits for one, or for the cancellation of its task. One caller at a time.
    func wait() async {
        for await _ in stream { return }
    }
}
