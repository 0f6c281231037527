package dev.fettle.graph.query;

import java.util.Map;

/**
 * The result of a read, as JSON.
 *
 * @param body the JSON text in UTF-8
 * @param rows how many entities it holds
 * @param headers what to add to the answer's headers
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record ReadResult(byte[] body, int rows, Map<String, String> headers) {}
