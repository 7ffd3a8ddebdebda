/** ONNX at the border of the graph: the wire format, its records, and the importer. */
package io.tilebrew.graph.onnx;
