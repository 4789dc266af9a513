/// A model's whole answer.
package struct ModelTurn: Hashable, Sendable {
    /// To be appended to the conversation as it is.
    package let message: ModelMessage
    /// Why it ended. Decide by ``ModelMessage/toolCalls`` whether tools are to be run: some servers
    /// say `endTurn` with calls.
    package let stop: StopReason
    /// What it took.
    package let usage: ModelUsage
    /// The model as the answer named it.
    package let model: String
    /// The service's name for the request, for its support.
    package let requestID: String?

    /// An answer as a provider assembled it.
    package init(
        message: ModelMessage, stop: StopReason, usage: ModelUsage, model: String,
        requestID: String? = nil
    ) {
        self.message = message
        self.stop = stop
        self.usage = usage
        self.model = model
        self.requestID = requestID
    }

    /// Why an answer ended.
    package enum StopReason: Hashable, Sendable {
        case endTurn
        case toolUse
        /// The output limit; the last call may be cut and is not among the message's calls then.
        case maxTokens
        case stopSequence(String?)
        /// To be sent back unchanged to go on.
        case pause
        /// The model or a filter refused; the category where one was given.
        case refusal(String?)
        /// The conversation does not fit any more.
        case contextWindow
        case other(String)
    }
}

/// What happens while a model answers.
package enum ModelEvent: Hashable, Sendable {
    /// The first word of the answer came: from here on others can use its cached prefix.
    case started(model: String, usage: ModelUsage)
    /// More of the text.
    case text(String)
    /// More of what it says about its thinking; shown, never kept.
    case thinking(String)
    /// A call begins.
    case toolCall(id: String, name: String)
    /// More of the input of the call that began last.
    case toolInput(String)
    /// What was said so far is void: the request is sent again.
    case retrying(Retry)

    /// Why and when a request is sent again.
    package struct Retry: Hashable, Sendable {
        /// The number of the try that failed, from 1.
        package let attempt: Int
        /// Tries in all.
        package let tries: Int
        /// Until the next one.
        package let wait: Duration
        /// What went wrong.
        package let error: ModelError

        /// A try that failed, with another to come.
        package init(attempt: Int, tries: Int, wait: Duration, error: ModelError) {
            self.attempt = attempt
            self.tries = tries
            self.wait = wait
            self.error = error
        }
    }
}
