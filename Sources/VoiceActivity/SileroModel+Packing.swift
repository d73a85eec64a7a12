import SileroKernel

extension SileroModel {
    /// Finds the network's tensors by name and hands them to the kernel, which packs them in its own order.
    static func pack(_ tensors: ONNXTensors) throws(SileroError) -> OpaquePointer {
        let basis = try tensors.floats("model.stft.forward_basis_buffer", shape: [258, 1, 256])
        let layers = [[128, 129, 3], [64, 128, 3], [64, 64, 3], [128, 64, 3]]
        var weights: [[Float]] = []
        var biases: [[Float]] = []
        for (index, shape) in layers.enumerated() {
            weights.append(try tensors.floats("model.encoder.\(index).reparam_conv.weight", shape: shape))
            biases.append(try tensors.floats("model.encoder.\(index).reparam_conv.bias", shape: [shape[0]]))
        }
        let recurrent = "model.decoder.rnn."
        let input = try tensors.floats(recurrent + "weight_ih", shape: [512, 128])
        let hidden = try tensors.floats(recurrent + "weight_hh", shape: [512, 128])
        let inputBias = try tensors.floats(recurrent + "bias_ih", shape: [512])
        let hiddenBias = try tensors.floats(recurrent + "bias_hh", shape: [512])
        let outputWeight = try tensors.floats("model.decoder.decoder.2.weight", shape: [1, 128, 1])
        let outputBias = try tensors.floats("model.decoder.decoder.2.bias", shape: [1])

        // One block of memory for all, so that one pointer is valid for the whole call.
        let parts =
            [basis] + weights + biases + [input, hidden, inputBias, hiddenBias, outputWeight, outputBias]
        let packed = Array(parts.joined()).withUnsafeBufferPointer { all -> OpaquePointer? in
            guard let base = all.baseAddress else { return nil }
            var starts: [UnsafePointer<Float>] = []
            var offset = 0
            for part in parts {
                starts.append(base + offset)
                offset += part.count
            }
            var raw = silero_tensors()
            raw.stft_basis = starts[0]
            raw.conv_weight = (starts[1], starts[2], starts[3], starts[4])
            raw.conv_bias = (starts[5], starts[6], starts[7], starts[8])
            (raw.lstm_input, raw.lstm_hidden) = (starts[9], starts[10])
            (raw.lstm_input_bias, raw.lstm_hidden_bias) = (starts[11], starts[12])
            (raw.output_weight, raw.output_bias) = (starts[13], starts[14])
            return silero_weights_create(&raw)
        }
        guard let packed else {
            throw SileroError(
                code: .unusableWeights,
                message: "The network's STFT basis is not a Hann-windowed DFT (another network?), or memory ran out.")
        }
        return packed
    }
}
