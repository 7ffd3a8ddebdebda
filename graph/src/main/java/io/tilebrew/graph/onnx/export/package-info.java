/** The way from a graph to an ONNX file. */
package io.tilebrew.graph.onnx.export;
